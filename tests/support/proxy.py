"""A network that breaks when it is told to: a TCP proxy on the loopback, in front of a TCP address or a Unix socket.

The kernel of this machine goes on acknowledging what a black hole swallows, and answers keepalives: TCP never tells
the proxy's peers that nobody is there. It is the hardest case for them.
"""

import asyncio
import socket
import struct
import threading
from collections.abc import Callable, Coroutine
from contextlib import closing, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

LOOPBACK = "127.0.0.1"
Target = tuple[str, int] | Path
Deliver = Callable[[bytes], Coroutine[None, None, None]]

_PIECE_BYTES = 16 * 1024
_PIECES_A_SECOND = 20  # of a slow line, so that it flows instead of jumping
_BUFFER_BYTES = 64 * 1024  # small: what is in a buffer looks to its sender as if it had passed
_COMMAND_SECONDS = 5.0
_RESET_WHEN_CLOSED = struct.pack("ii", 1, 0)


@dataclass(slots=True)
class Loss:
    """The answer to a statement that is to be lost, once."""

    statement: bytes
    _happened: threading.Event = field(default_factory=threading.Event)

    def happened(self) -> None:
        self._happened.set()

    def wait(self, timeout_seconds: float) -> bool:
        """Whether in time the server answered, so that it has done what was said, and nobody heard the answer."""
        return self._happened.wait(timeout_seconds)


@dataclass(slots=True)
class _Line:
    """What all connections have in common."""

    bytes_per_second: float = float("inf")
    latency_seconds: float = 0
    refuses: bool = False
    passing: asyncio.Event = field(default_factory=asyncio.Event)
    loss: Loss | None = None
    bytes_to_server: int = 0
    bytes_to_client: int = 0

    def __post_init__(self) -> None:
        self.passing.set()

    def heal(self) -> None:
        self.bytes_per_second, self.latency_seconds, self.refuses = float("inf"), 0, False
        self.loss = None
        self.passing.set()

    async def travel(self, said: bytes, deliver: Deliver) -> None:
        """Take as long as so many bytes take, and deliver them on the way; in a black hole, wait."""
        await asyncio.sleep(self.latency_seconds)
        while said:
            size_bytes = max(1, int(min(_PIECE_BYTES, self.bytes_per_second / _PIECES_A_SECOND)))
            piece, said = said[:size_bytes], said[size_bytes:]
            await asyncio.sleep(len(piece) / self.bytes_per_second)
            await self.passing.wait()
            await deliver(piece)


class Proxy:
    """Passes everything on, until it is told otherwise; any thread may tell it, at any time.

    `cut`, `half_open` and `lose_answer_to` are about connections that are open; `refuse`, `black_hole` and `slow` last
    until `heal`, and can be combined.
    """

    def __init__(self, target: Target) -> None:
        self.target = target
        self._listener = _listener()
        self.port: int = self._listener.getsockname()[1]
        self._line = _Line()
        self._links: set[_Link] = set()
        self._loop = asyncio.new_event_loop()
        self._serving: asyncio.Task[None] | None = None
        self._thread = threading.Thread(target=self._run, name=f"proxy {self.port}")

    @property
    def address(self) -> str:
        return f"{LOOPBACK}:{self.port}"

    @property
    def open_connections(self) -> int:
        """Of clients; in a black hole, those that the server would still take for open."""
        return len(self._links)

    @property
    def bytes_to_server(self) -> int:
        """How many have passed so far, on all connections."""
        return self._line.bytes_to_server

    @property
    def bytes_to_client(self) -> int:
        """How many have passed so far, on all connections."""
        return self._line.bytes_to_client

    def cut(self) -> None:
        """Reset all connections, on both sides."""
        self._do(lambda: self._tell_all(_Link.cut))

    def half_open(self) -> None:
        """Close the server's side of all connections; the clients hear nothing, now or later."""
        self._do(lambda: self._tell_all(_Link.lose_server))

    def refuse(self) -> None:
        """Reset new connections at once."""
        self._do(lambda: setattr(self._line, "refuses", True))

    def black_hole(self) -> None:
        """Nothing passes, not even the end of a connection. New connections are accepted, and silent."""
        self._do(self._line.passing.clear)

    def slow(self, *, bytes_per_second: float = float("inf"), latency_seconds: float = 0) -> None:
        """Each connection, in each direction; what is on its way now is not delayed further."""
        self._do(lambda: setattr(self._line, "bytes_per_second", bytes_per_second))
        self._do(lambda: setattr(self._line, "latency_seconds", latency_seconds))

    def heal(self) -> None:
        """Pass everything on again, first of all what was held back, and every answer; what is cut stays cut."""
        self._do(self._line.heal)

    def lose_answer_to(self, statement: bytes) -> Loss:
        """Pass the next statement that holds this (in any case) on, swallow its answer and reset the connection.

        What the server says first after the statement has passed is taken for the answer: right for a client that
        waits for each answer before it says more.
        """
        loss = Loss(statement.lower())
        self._do(lambda: setattr(self._line, "loss", loss))
        return loss

    def __enter__(self) -> Self:
        self._serving = self._loop.create_task(self._serve())
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        assert self._serving is not None
        self._loop.call_soon_threadsafe(self._serving.cancel)
        self._thread.join(_COMMAND_SECONDS)
        assert not self._thread.is_alive()

    def _do(self, change: Callable[[], object]) -> None:
        """Let the proxy's own thread change something, and wait until that is done."""
        done = threading.Event()
        self._loop.call_soon_threadsafe(change)
        self._loop.call_soon_threadsafe(done.set)
        assert done.wait(_COMMAND_SECONDS), "the proxy does not run"

    def _tell_all(self, change: "Callable[[_Link], None]") -> None:
        for link in self._links:
            change(link)

    def _run(self) -> None:
        assert self._serving is not None
        with closing(self._loop), closing(self._listener), suppress(asyncio.CancelledError):
            self._loop.run_until_complete(self._serving)

    async def _serve(self) -> None:
        async with asyncio.TaskGroup() as tasks:
            while True:
                client, _ = await self._loop.sock_accept(self._listener)
                if self._line.refuses:
                    _close(client, reset=True)
                else:
                    tasks.create_task(self._carry(_Link(client, self.target, self._line)))

    async def _carry(self, link: "_Link") -> None:
        self._links.add(link)
        try:
            await link.carry()
        finally:
            self._links.discard(link)


class _Link:
    """One client's connection, and the one to the server that belongs to it."""

    def __init__(self, client: socket.socket, target: Target, line: _Line) -> None:
        self._client = client
        self._target = target
        self._server = _socket_for(target)
        self._line = line
        self._was_cut = asyncio.Event()
        self._server_lost = asyncio.Event()
        self._last_said = b""  # a statement may come in two pieces
        self._losing: Loss | None = None

    def cut(self) -> None:
        self._was_cut.set()

    def lose_server(self) -> None:
        self._server_lost.set()

    async def carry(self) -> None:
        """Until one side ends the connection and the other has learnt it."""
        try:
            await _first_of(self._carry_or_swallow(), self._was_cut.wait())
        finally:
            for side in (self._client, self._server):
                _close(side, reset=self._was_cut.is_set())

    async def _carry_or_swallow(self) -> None:
        await _first_of(self._carry_both_ways(), self._server_lost.wait())
        if self._server_lost.is_set():
            _close(self._server, reset=False)
            await self._carry(self._client, _to_nobody)

    async def _carry_both_ways(self) -> None:
        await self._line.passing.wait()
        try:
            await asyncio.get_running_loop().sock_connect(self._server, _address_of(self._target))
        except OSError:  # as if it had been there itself
            self.cut()
        else:
            await _first_of(
                self._carry(self._client, self._to_server),
                self._carry(self._server, self._to_client),
            )

    async def _carry(self, source: socket.socket, deliver: Deliver) -> None:
        """One way, to its end. A reset of one side is passed on as a reset."""
        loop, was_reset = asyncio.get_running_loop(), False
        try:
            while said := await loop.sock_recv(source, _PIECE_BYTES):
                await self._line.travel(said, deliver)
        except OSError:
            was_reset = True
        await self._line.passing.wait()
        if was_reset:
            self.cut()

    async def _to_server(self, piece: bytes) -> None:
        self._listen_in(piece)
        await asyncio.get_running_loop().sock_sendall(self._server, piece)
        self._line.bytes_to_server += len(piece)

    def _listen_in(self, piece: bytes) -> None:
        loss = self._line.loss
        if loss is None:
            return
        said = self._last_said + piece.lower()
        self._last_said = said[-len(loss.statement) :]
        if loss.statement in said:
            self._losing, self._line.loss = loss, None

    async def _to_client(self, piece: bytes) -> None:
        if self._losing is not None:
            self._losing.happened()
            raise ConnectionAbortedError("its answer is lost")
        await asyncio.get_running_loop().sock_sendall(self._client, piece)
        self._line.bytes_to_client += len(piece)


async def _to_nobody(_piece: bytes) -> None:
    """What a client says to a server that is gone."""


async def _first_of(*ways: Coroutine[None, None, object]) -> None:
    """Until one of them has ended; the others are given up."""
    tasks = [asyncio.ensure_future(way) for way in ways]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        ended = await asyncio.gather(*tasks, return_exceptions=True)
    failures = [each for each in ended if isinstance(each, Exception)]
    if failures:
        raise failures[0]


def _listener() -> socket.socket:
    listener = socket.create_server((LOOPBACK, 0))
    listener.setblocking(False)
    # Connections that are accepted inherit it.
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _BUFFER_BYTES)
    return listener


def _socket_for(target: Target) -> socket.socket:
    made = socket.socket(socket.AF_UNIX if isinstance(target, Path) else socket.AF_INET)
    made.setblocking(False)
    return made


def _close(side: socket.socket, *, reset: bool) -> None:
    if reset and side.fileno() >= 0:
        side.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_WHEN_CLOSED)
    side.close()


def _address_of(target: Target) -> tuple[str, int] | str:
    return str(target) if isinstance(target, Path) else target
