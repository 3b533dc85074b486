"""A Galexie data lake (SEP-54) as a source: a folder or a bucket of objects, each a compressed batch of ledgers.

layout    keys from sequences, and the manifest
store     the one door to obstore: objects and listings, every failure named
contents  what a lake holds at the moment
batch     ledgers from an object
ahead     objects asked for before their turn
source    the source itself
"""

from producer.sources.lake.layout import Layout
from producer.sources.lake.source import LakeSource, default_lake

__all__ = ["LakeSource", "Layout", "default_lake"]
