"""An embedded Kafka and Postgres that can be reached directly, and through a proxy each."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from ledgerstream.embedded import Addresses, Stack, kafka, ports
from ledgerstream.embedded.broker_config import broker_properties
from ledgerstream.embedded.wheels import WHEELS
from tests.support.proxy import LOOPBACK, Proxy, Target


@dataclass(frozen=True, slots=True)
class ProxiedStack:
    """`direct` are the servers' own addresses; what connects to `proxied` goes through the proxies, for ever."""

    direct: Addresses
    broker: Proxy
    database: Proxy
    stack: Stack
    """To be killed and started again: a broker's second listener is there at each start."""

    @property
    def proxied(self) -> Addresses:
        return Addresses(self.broker.address, through(self.database, self.direct.database_url))


@contextmanager
def proxied_stack() -> Iterator[ProxiedStack]:
    """Servers of a test module's own."""
    for wheel in WHEELS.values():
        pytest.importorskip(wheel)
    with tempfile.TemporaryDirectory(prefix="ledgerstream-tests-") as folder:
        Path(folder).chmod(0o755)
        stack = Stack(Path(folder))
        [broker_port] = ports.choose(1)
        try:
            with Proxy((LOOPBACK, broker_port)) as broker, _second_listener(broker_port, broker.port):
                direct = stack.up()
                with Proxy(target_of(direct.database_url)) as database:
                    yield ProxiedStack(direct, broker, database, stack)
        finally:
            stack.down()


@contextmanager
def _second_listener(listener_port: int, advertised_port: int) -> Iterator[None]:
    """Brokers that start meanwhile tell a client there to go on at the advertised port: it never leaves the proxy."""
    added = {
        "listeners": f",PROXIED://{LOOPBACK}:{listener_port}",
        "advertised.listeners": f",PROXIED://{LOOPBACK}:{advertised_port}",
        "listener.security.protocol.map": ",PROXIED:PLAINTEXT",
    }

    def properties(log_dir: str, broker_port: int, controller_port: int) -> str:
        lines = broker_properties(log_dir, broker_port, controller_port).splitlines()
        return "".join(f"{line}{added.get(line.partition('=')[0], '')}\n" for line in lines)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(kafka, "broker_properties", properties)
        yield


def through(database: Proxy, database_url: str) -> str:
    """The same database by its proxy."""
    host, port = database.address.split(":")
    return make_conninfo(database_url, host=host, port=port, sslmode="disable", gssencmode="disable")


def target_of(database_url: str) -> Target:
    """Where a proxy finds the server."""
    found = conninfo_to_dict(database_url)
    host, port = str(found["host"]), int(str(found["port"]))
    return Path(host) / f".s.PGSQL.{port}" if host.startswith("/") else (host, port)
