"""A connection pooler before the database: refused, unless it gives each client a session of its own."""

import os
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from psycopg.conninfo import conninfo_to_dict

from consumer.backfill.store import BatchStore, session_name
from consumer.database import Connection
from consumer.errors import DatabaseLost, PoolerBetween
from consumer.lock import Standby, holder_of, sessions_called
from consumer.reset import reset
from consumer.store import Store
from schemas.network import Network
from tests.support.waiting import wait_until

PGBOUNCER = shutil.which("pgbouncer") or "/usr/sbin/pgbouncer"

SETTINGS = """\
[databases]
pooled = {server} dbname={dbname} user={user}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {port}
unix_socket_dir =
auth_type = any
pool_mode = {pool_mode}
"""

pytestmark = pytest.mark.skipif(not Path(PGBOUNCER).exists(), reason="there is no pgbouncer on this machine")


@contextmanager
def pooler(database_url: str, folder: Path, pool_mode: str) -> Iterator[str]:
    """A pooler before the test's database, and its URL."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = conninfo_to_dict(database_url)
    (folder / "pgbouncer.ini").write_text(
        SETTINGS.format(
            server=f"host={server['host']}" + (f" port={server['port']}" if "port" in server else ""),
            dbname=server.get("dbname", "postgres"),
            user=server.get("user", "postgres"),
            port=port,
            pool_mode=pool_mode,
        )
    )
    folder.chmod(0o755)
    process = subprocess.Popen(
        [PGBOUNCER, "--quiet", *_as_user(str(server["host"])), str(folder / "pgbouncer.ini")],
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield f"postgresql://anybody@127.0.0.1:{port}/pooled"
    finally:
        process.kill()
        process.communicate()


def _as_user(host: str) -> list[str]:
    """PgBouncer does not run as root; whoever owns the server's socket may use it."""
    if os.geteuid() != 0:
        return []
    return ["--user", Path(host).owner() if host.startswith("/") else "nobody"]


@pytest.fixture(params=["transaction", "statement", "session"])
def pooled_url(
    request: pytest.FixtureRequest, database_url: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("pooler")
    for parent in (folder.parent, folder.parent.parent):
        parent.chmod(0o755)
    with pooler(database_url, folder, request.param) as url:
        yield url


def test_a_pooler_is_refused(pooled_url: str, subscriber: str, network: Network, database: Connection) -> None:
    """Whatever its mode, a pooler is refused before anything is written, and what to do is said."""
    with pytest.raises(PoolerBetween, match="--session-pooling"):
        Store.open(pooled_url, subscriber, network, timeout_seconds=10)
    with pytest.raises(PoolerBetween, match="--database-url"):
        Store.open(pooled_url, subscriber, network, timeout_seconds=10, standby=Standby(10))
    with pytest.raises(PoolerBetween):
        reset(pooled_url, subscriber, timeout_seconds=10)
    assert database.execute("select to_regnamespace(%s)", (subscriber,)).fetchone() == (None,)


@pytest.mark.parametrize("pooled_url", ["session"], indirect=True)
def test_session_pooling(pooled_url: str, subscriber: str, network: Network, database: Connection) -> None:
    """A pooler that is declared to pool sessions is as good as none: lock and session end together."""
    with closing(Store.open(pooled_url, subscriber, network, timeout_seconds=10, session_pooling=True)) as store:
        store.begin_at(2)
        holder = holder_of(database, subscriber)
        assert holder is not None
        database.execute("select pg_terminate_backend(%s, 5000)", (holder.pid,))
        with pytest.raises(DatabaseLost):
            store.begin_at(2)
    with closing(Store.open(pooled_url, subscriber, network, timeout_seconds=10, session_pooling=True)) as store:
        assert store.epoch == 2


@pytest.mark.parametrize("pooled_url", ["session"], indirect=True)
def test_a_worker_behind_a_pooler(pooled_url: str, subscriber: str, network: Network, database: Connection) -> None:
    """It is known by the server's own process: its parent finds it there, and takes no healthy one for dead."""

    def there() -> list[int]:
        return [each.pid for each in sessions_called(database, session_name(subscriber))]

    with closing(Store.open(pooled_url, subscriber, network, timeout_seconds=10, session_pooling=True)) as store:
        store.begin_at(5)
    with closing(BatchStore.open(pooled_url, subscriber, network, timeout_seconds=10, session_pooling=True)) as worker:
        assert [worker.process_id()] == there()
        assert worker.claim(1)
    with closing(BatchStore.open(pooled_url, subscriber, network, timeout_seconds=10, session_pooling=True)) as worker:
        assert worker.claim(1)
    wait_until(lambda: there() == [])


def test_no_pooler(database_url: str, subscriber: str, network: Network) -> None:
    """A session with the server itself is one's own."""
    Store.open(database_url, subscriber, network, timeout_seconds=10).close()
