"""`python -m ledgerstream.embedded.lock` writes jars.lock anew: what Apache Kafka's POM asks for today.

Run it after KAFKA_VERSION was changed, and read the difference before it is committed.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from ledgerstream.embedded import jars

HEADER = """\
# Written by `python -m ledgerstream.embedded.lock`: the jars of the embedded Apache Kafka, each with its SHA-256
# and its size in bytes. Nothing else is downloaded, and nothing that differs is started.
"""
# The bridge from Kafka's logging calls to its log4j, which Kafka's POM leaves out: without it a broker that dies
# says nothing at all. It must be of log4j's own version.
LOG_BRIDGE = "org.apache.logging.log4j:log4j-slf4j-impl"
LOG4J = "org.apache.logging.log4j:log4j-core:"


def resolve() -> list[str]:
    """The coordinates `group:artifact:version` of all jars that a broker needs."""
    import jgo  # noqa: PLC0415 - belongs to the extra `local`

    # Alone, and the bridge added by hand: jgo lets each root manage the versions of the others' dependencies,
    # and this one would bring an older kafka-clients.
    artifacts = jgo.resolve(f"org.apache.kafka:kafka_2.13:{jars.KAFKA_VERSION}")
    coordinates = [f"{jar.groupId}:{jar.artifactId}:{jar.version}" for jar in artifacts]
    log4j = next(coordinate for coordinate in coordinates if coordinate.startswith(LOG4J))
    return sorted([*coordinates, f"{LOG_BRIDGE}:{log4j.removeprefix(LOG4J)}"])


def lock(coordinates: list[str], repository: Path) -> list[jars.Jar]:
    """Download each jar into `repository`, and note what it is."""
    context = jars.maven_context(repository)
    files = [jars.download(context, coordinate) for coordinate in coordinates]
    return [
        jars.Jar(jars.sha256_of(file), file.stat().st_size, coordinate)
        for file, coordinate in zip(files, coordinates, strict=True)
    ]


def main() -> None:
    lock_file = Path(__file__).with_name(jars.LOCK_NAME)
    with tempfile.TemporaryDirectory() as repository:
        locked = lock(resolve(), Path(repository))
    lock_file.write_text(HEADER + "".join(f"{jar.line}\n" for jar in locked), encoding="utf-8")
    sys.stdout.write(f"{len(locked)} jars written to {lock_file}\n")


if __name__ == "__main__":
    main()
