"""As much of a Redis as counting takes, in a process of its own: `python -m tests.outages.redis_double PORT`.

For machines on which none is installed. It speaks what RESP3 has in common with RESP2, and knows the script by which
the library `limits` counts.
"""

from __future__ import annotations

import socketserver
import sys
import time
from collections.abc import Callable
from io import BufferedIOBase

Words = list[bytes]


class Counts:
    """What is counted, and until when."""

    def __init__(self) -> None:
        self.kept: dict[bytes, tuple[int, float]] = {}

    def count(self, key: bytes, expiry: float, amount: int) -> int:
        number, until = self.of(key)
        self.kept[key] = (number + amount, until if number else time.time() + expiry)
        return number + amount

    def of(self, key: bytes) -> tuple[int, float]:
        number, until = self.kept.get(key, (0, 0.0))
        return (number, until) if until > time.time() else (0, 0.0)


COUNTS = Counts()


def evalsha(words: Words) -> bytes:
    """Whatever the script is called: it is the one that counts."""
    return b":%d\r\n" % COUNTS.count(words[3], float(words[4]), int(words[5]))


def get(words: Words) -> bytes:
    number = b"%d" % COUNTS.of(words[1])[0]
    return b"$%d\r\n%s\r\n" % (len(number), number)


def ttl(words: Words) -> bytes:
    return b":%d\r\n" % max(COUNTS.of(words[1])[1] - time.time(), 0)


HELLO = b"%3\r\n$6\r\nserver\r\n$5\r\nredis\r\n$7\r\nversion\r\n$5\r\n7.0.0\r\n$5\r\nproto\r\n:3\r\n"
ANSWERS: dict[bytes, Callable[[Words], bytes]] = {
    b"PING": lambda _words: b"+PONG\r\n",
    b"HELLO": lambda _words: HELLO,
    b"CLIENT": lambda _words: b"+OK\r\n",
    b"EVALSHA": evalsha,
    b"GET": get,
    b"TTL": ttl,
}


class Conversation(socketserver.StreamRequestHandler):
    """One connection."""

    def handle(self) -> None:
        while words := read(self.rfile):
            unknown: Callable[[Words], bytes] = lambda _words: b"-ERR unknown command\r\n"  # noqa: E731
            self.wfile.write(ANSWERS.get(words[0].upper(), unknown)(words))


def read(stream: BufferedIOBase) -> Words:
    """One command; nothing when the other has hung up."""
    head = stream.readline()
    words = []
    for _ in range(int(head[1:]) if head else 0):
        length = int(stream.readline()[1:])
        words.append(stream.read(length + 2)[:-2])
    return words


class Server(socketserver.ThreadingTCPServer):
    """One for all connections."""

    allow_reuse_address = True
    daemon_threads = True


if __name__ == "__main__":
    with Server(("127.0.0.1", int(sys.argv[1])), Conversation) as server:
        server.serve_forever()
