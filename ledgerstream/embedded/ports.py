"""Ports of 127.0.0.1: chosen once, remembered, and chosen anew only when somebody else has them now."""

from __future__ import annotations

import json
import secrets
import socket
import sys
from typing import TYPE_CHECKING

from ledgerstream.embedded.folders import write_atomically

if TYPE_CHECKING:
    from pathlib import Path

LOOPBACK = "127.0.0.1"

# Below the ports that the systems give to outgoing connections (32768 and up on Linux, 49152 elsewhere). There,
# while the server is down, somebody's connection could sit on the port; worse, a client that keeps trying to
# reach it can connect to itself.
FIRST_PORT, LAST_PORT = 20000, 32000


def is_free(port: int) -> bool:
    """Whether a server could listen there now."""
    with socket.socket() as probe:
        if sys.platform != "win32":
            # As servers do: connections of the last run in TIME_WAIT do not count. On Windows it would steal.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
    return True


def is_answering(port: int) -> bool:
    """Whether somebody listens there now."""
    try:
        socket.create_connection((LOOPBACK, port), timeout=1).close()
    except OSError:
        return False
    return True


def free_ports(remembered_in: Path, count: int) -> list[int]:
    """As many ports as asked for: those of the last time if they are all free, else new ones, written down."""
    ports = read_ports(remembered_in, count)
    if ports and all(is_free(port) for port in ports):
        return ports
    ports = choose(count)
    write_atomically(remembered_in, json.dumps(ports))
    return ports


def choose(count: int) -> list[int]:
    """Different free ports."""
    chosen: set[int] = set()
    while len(chosen) < count:
        port = FIRST_PORT + secrets.randbelow(LAST_PORT - FIRST_PORT)
        if is_free(port):
            chosen.add(port)
    return sorted(chosen)


def read_ports(file: Path, count: int) -> list[int]:
    """The remembered ports, or none if the file is missing or does not hold so many."""
    try:
        ports = json.loads(file.read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return []
    valid = isinstance(ports, list) and len(ports) == count and all(isinstance(port, int) for port in ports)
    return ports if valid else []
