"""The proxy that the tests of connections rely on does to connections what it says."""

import socket
import socketserver
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from tests.support.proxy import LOOPBACK, Proxy
from tests.support.waiting import wait_until

MOMENT_SECONDS = 0.3


class Echo(socketserver.BaseRequestHandler):
    """Says everything again and remembers it, until the client ends, or says "bye"."""

    server: "EchoServer | UnixEchoServer"

    def handle(self) -> None:
        with suppress(ConnectionError):
            while said := self.request.recv(65536):
                self.server.heard.append(said)
                self.request.sendall(said)
                if said == b"bye":
                    return
        self.server.ends.release()


class EchoServer(socketserver.ThreadingTCPServer):
    def __init__(self, address: tuple[str, int]) -> None:
        super().__init__(address, Echo)
        self.heard: list[bytes] = []
        self.ends = threading.Semaphore(0)


class UnixEchoServer(socketserver.ThreadingUnixStreamServer):
    def __init__(self, path: str) -> None:
        super().__init__(path, Echo)
        self.heard: list[bytes] = []
        self.ends = threading.Semaphore(0)


@contextmanager
def serving(server: socketserver.BaseServer) -> Iterator[None]:
    with server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield
        finally:
            server.shutdown()
            thread.join()


@pytest.fixture
def server() -> EchoServer:
    return EchoServer((LOOPBACK, 0))


@pytest.fixture
def proxy(server: EchoServer) -> Iterator[Proxy]:
    with serving(server), Proxy((LOOPBACK, server.server_address[1])) as proxy:
        yield proxy


@pytest.fixture
def client(proxy: Proxy) -> Iterator[socket.socket]:
    with connected(proxy) as client:
        assert echo(client, b"first") == b"first"
        yield client


def connected(proxy: Proxy) -> socket.socket:
    return socket.create_connection((LOOPBACK, proxy.port), timeout=5)


def echo(client: socket.socket, said: bytes) -> bytes:
    client.sendall(said)
    return heard(client, len(said))


def heard(client: socket.socket, size_bytes: int) -> bytes:
    found = b""
    while len(found) < size_bytes and (piece := client.recv(size_bytes - len(found))):
        found += piece
    return found


def assert_silent(client: socket.socket) -> None:
    client.settimeout(MOMENT_SECONDS)
    with pytest.raises(TimeoutError):
        client.recv(1)
    client.settimeout(5)


def assert_reset(client: socket.socket) -> None:
    with pytest.raises(ConnectionResetError):
        client.recv(1)


def assert_refused(proxy: Proxy) -> None:
    with pytest.raises(ConnectionResetError), connected(proxy) as refused:
        refused.recv(1)


def assert_still_passes(proxy: Proxy) -> None:
    with connected(proxy) as another:
        assert echo(another, b"another") == b"another"


def test_everything_passes(proxy: Proxy, client: socket.socket) -> None:
    """A million bytes come through in both directions, in order, and are counted."""
    said = bytes(range(256)) * 4096
    teller = threading.Thread(target=client.sendall, args=(said,))
    teller.start()
    assert heard(client, len(said)) == said
    teller.join()
    wait_until(lambda: proxy.bytes_to_server == proxy.bytes_to_client == len(said) + len(b"first"))


def test_a_unix_socket(tmp_path: Path) -> None:
    """A server that listens on a Unix socket only is reached by TCP."""
    path = tmp_path / "socket"
    with serving(UnixEchoServer(str(path))), Proxy(path) as proxy:
        assert_still_passes(proxy)


def test_a_server_that_is_away(tmp_path: Path) -> None:
    """A server that can't be reached is felt as a reset, and reached when it is there again."""
    path = tmp_path / "socket"
    with Proxy(path) as proxy:
        assert_refused(proxy)
        with serving(UnixEchoServer(str(path))):
            assert_still_passes(proxy)


def test_the_server_ends_a_connection(client: socket.socket) -> None:
    """What the server said last comes through, then the end, which is no reset."""
    assert echo(client, b"bye") == b"bye"
    assert client.recv(1) == b""


def test_the_client_ends_a_connection(server: EchoServer, proxy: Proxy) -> None:
    """The server learns it."""
    assert_still_passes(proxy)
    assert server.ends.acquire(timeout=5)
    proxy.heal()  # a word with the proxy's thread, after which it has put the connection away
    assert proxy.open_connections == 0


def test_cut(server: EchoServer, proxy: Proxy, client: socket.socket) -> None:
    """Connections are reset at once, the server's too; new ones pass."""
    proxy.cut()
    assert_reset(client)
    assert server.ends.acquire(timeout=5)
    assert_still_passes(proxy)


def test_refuse(proxy: Proxy, client: socket.socket) -> None:
    """New connections are reset, open ones go on; after healing, new ones pass."""
    proxy.refuse()
    assert_refused(proxy)
    assert echo(client, b"on") == b"on"
    proxy.heal()
    assert_still_passes(proxy)


def test_black_hole(server: EchoServer, proxy: Proxy, client: socket.socket) -> None:
    """Nothing arrives, on either side; new connections open and stay silent; healed, all of it arrives."""
    proxy.black_hole()
    client.sendall(b"lost?")
    with connected(proxy) as another:
        another.sendall(b"lost too?")
        assert_silent(another)
        assert_silent(client)
        assert server.heard == [b"first"]
        proxy.heal()
        assert heard(another, 9) == b"lost too?"
    assert heard(client, 5) == b"lost?"


def test_a_black_hole_swallows_the_end(server: EchoServer, proxy: Proxy, client: socket.socket) -> None:
    """The server does not learn that a client has gone, until the line is healed."""
    proxy.black_hole()
    client.close()
    assert not server.ends.acquire(timeout=MOMENT_SECONDS)
    assert proxy.open_connections == 1
    proxy.heal()
    assert server.ends.acquire(timeout=5)


def test_a_black_hole_holds_answers_back(proxy: Proxy, client: socket.socket) -> None:
    """An answer that is under way when the line breaks does not arrive."""
    proxy.slow(latency_seconds=MOMENT_SECONDS)
    client.sendall(b"asked")
    time.sleep(1.5 * MOMENT_SECONDS)
    proxy.black_hole()
    assert_silent(client)
    assert proxy.bytes_to_server > proxy.bytes_to_client


def test_half_open(server: EchoServer, proxy: Proxy, client: socket.socket) -> None:
    """The server's side ends; the client hears nothing and can go on talking to nobody; new connections pass."""
    proxy.half_open()
    assert server.ends.acquire(timeout=5)
    client.sendall(bytes(1_000_000))
    assert_silent(client)
    proxy.heal()
    assert_silent(client)
    assert_still_passes(proxy)
    assert server.heard == [b"first", b"another"]


def test_a_slow_line(proxy: Proxy, client: socket.socket) -> None:
    """So many bytes take as long as they should, and flow; healed, they are fast again."""
    proxy.slow(bytes_per_second=20_000)
    began = time.monotonic()
    client.sendall(bytes(10_000))
    heard(client, 1)
    assert time.monotonic() - began < 0.4, "it does not flow"
    heard(client, 9_999)
    assert 0.5 <= time.monotonic() - began < 1.5
    proxy.heal()
    began = time.monotonic()
    assert echo(client, bytes(10_000)) == bytes(10_000)
    assert time.monotonic() - began < 0.2


def test_a_long_line(proxy: Proxy, client: socket.socket) -> None:
    """An answer takes the latency twice."""
    proxy.slow(latency_seconds=0.2)
    began = time.monotonic()
    assert echo(client, b"far") == b"far"
    assert 0.4 <= time.monotonic() - began < 0.8


@pytest.mark.parametrize("pieces", [[b"so, commit\0 now"], [b"so, com", b"mit\0 now"], [b"SO, COMMIT\0 NOW"]])
def test_an_answer_is_lost(pieces: list[bytes], server: EchoServer, proxy: Proxy, client: socket.socket) -> None:
    """The server got the statement and answered; the client is reset instead; all others are as before."""
    loss = proxy.lose_answer_to(b"Commit\0")
    assert echo(client, b"commission") == b"commission"
    for piece in pieces:
        assert not loss.wait(0)
        client.sendall(piece)
        time.sleep(0.1)
        if piece is not pieces[-1]:
            assert heard(client, len(piece)) == piece
    assert_reset(client)
    assert loss.wait(5)
    assert server.heard[-1] == pieces[-1]
    with connected(proxy) as another:
        assert echo(another, b"commit\0") == b"commit\0", "once only"


def test_the_end_of_the_proxy() -> None:
    """Whatever the line is like, leaving it resets every connection and closes its port."""
    with serving(server := EchoServer((LOOPBACK, 0))):
        with Proxy((LOOPBACK, server.server_address[1])) as proxy, connected(proxy) as client:
            assert echo(client, b"first") == b"first"
            proxy.black_hole()
        assert server.ends.acquire(timeout=5)
        with pytest.raises(ConnectionRefusedError):
            connected(proxy)
