"""What the embedded broker is told, and why."""

from __future__ import annotations

from ledgerstream.embedded.ports import LOOPBACK

NODE_ID = 1

JVM_OPTIONS = (
    "-Xmx512m",
    # One small broker: the simplest collector and the first compiler alone make it start fastest.
    "-XX:+UseSerialGC",
    "-XX:TieredStopAtLevel=1",
    "-Xshare:auto",
    # A broker without memory dies at once, rather than answering some requests and not others.
    "-XX:+ExitOnOutOfMemoryError",
    # No files in the system's temporary folder.
    "-XX:-UsePerfData",
    # What Kafka and zstd do there is known; Java 25 would warn of it at every start.
    "--enable-native-access=ALL-UNNAMED",
    "--sun-misc-unsafe-memory-access=allow",
)

# Warnings and errors on standard output, which goes to server.log.
LOG4J = """\
appender.stdout.type=Console
appender.stdout.name=stdout
appender.stdout.layout.type=PatternLayout
appender.stdout.layout.pattern=%d{ISO8601} %-5p %c{1}: %m%n
rootLogger.level=warn
rootLogger.appenderRef.stdout.ref=stdout
"""

BROKER = """\
# Written anew at every start by ledgerstream.

# One process is the broker and its own controller; nobody else is ever asked.
process.roles=broker,controller
node.id={node_id}
controller.quorum.voters={node_id}@{loopback}:{controller_port}
controller.listener.names=CONTROLLER
inter.broker.listener.name=BROKER
listener.security.protocol.map=BROKER:PLAINTEXT,CONTROLLER:PLAINTEXT

# Loopback only: there is no password.
listeners=BROKER://{loopback}:{broker_port},CONTROLLER://{loopback}:{controller_port}
advertised.listeners=BROKER://{loopback}:{broker_port}

# Relative to the broker's working directory: a path of a user's may hold what means something in this file.
log.dirs={log_dir}

# A typing error in a topic's name is an error, and not an empty topic.
auto.create.topics.enable=false

# There is one node to hold each topic of Kafka's own, and one partition is enough for one stream.
default.replication.factor=1
min.insync.replicas=1
offsets.topic.replication.factor=1
offsets.topic.num.partitions=1
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
transaction.state.log.num.partitions=1
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
share.coordinator.state.topic.num.partitions=1

# A ledger can grow to 14 MB of XDR, and must fit uncompressed.
message.max.bytes=33554432
replica.fetch.max.bytes=33554432

# A producer that died in a transaction holds read_committed readers up until the broker has swept it.
transaction.abort.timed.out.transaction.cleanup.interval.ms=1000

# After kill -9 the broker waits until its own old session has run out: 3.5 s, with the defaults 11.5 s.
broker.session.timeout.ms=1500
broker.heartbeat.interval.ms=500

# Nobody else will join the group.
group.initial.rebalance.delay.ms=0

# The buffer of the log cleaner, by default a quarter of this heap; its work here are two tiny topics.
log.cleaner.dedupe.buffer.size=4194304
"""


def broker_properties(log_dir: str, broker_port: int, controller_port: int) -> str:
    """The text of server.properties; `log_dir` is the name of a folder in the broker's working directory."""
    return BROKER.format(
        node_id=NODE_ID,
        loopback=LOOPBACK,
        broker_port=broker_port,
        controller_port=controller_port,
        log_dir=log_dir,
    )
