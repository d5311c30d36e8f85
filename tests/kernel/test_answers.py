"""An answer of somebody else's server is read up to an end, however slowly it comes."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Thread

import pytest
import requests

from booking.kernel.outside.answers import AnswerTooLong, body_of

HEAD = b"HTTP/1.1 200 OK\r\n"
A_HUNDRED = b"Content-Length: 100\r\n\r\n"


@contextmanager
def answered(*pieces: bytes) -> Iterator[requests.Response]:
    """The beginning of an answer, whose connection stays open as long as it is read."""
    is_read = Event()
    with socket.create_server(("127.0.0.1", 0)) as server:

        def answer() -> None:
            client, _address = server.accept()
            with client:
                client.recv(8192)
                client.sendall(b"".join(pieces))
                is_read.wait()

        thread = Thread(target=answer, daemon=True)
        thread.start()
        address = f"http://127.0.0.1:{server.getsockname()[1]}/"
        with requests.get(address, stream=True, timeout=5) as response:
            try:
                yield response
            finally:
                is_read.set()
        thread.join()


@pytest.mark.parametrize("begun", [A_HUNDRED + b"a", b"Transfer-Encoding: chunked\r\n\r\n64\r\na"])
def test_one_that_drips_is_given_up_when_its_time_is_over_though_no_piece_is_full(begun: bytes) -> None:
    with answered(HEAD, begun) as response, pytest.raises(AnswerTooLong):
        body_of(response, 100, time.monotonic())


def test_one_that_is_whole_is_read_whole_in_whatever_pieces_it_comes() -> None:
    with answered(HEAD, b"Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n") as response:
        assert body_of(response, 5, time.monotonic() + 60) == b"abcde"
    with answered(HEAD, A_HUNDRED, b"a" * 100) as response:
        assert body_of(response, 100, time.monotonic() + 60) == b"a" * 100
    with answered(HEAD, A_HUNDRED, b"a" * 100) as response, pytest.raises(AnswerTooLong):
        body_of(response, 99, time.monotonic() + 60)


def test_one_that_is_no_answer_is_a_broken_connection() -> None:
    begun = b"Transfer-Encoding: chunked\r\n\r\nno number\r\n"
    with answered(HEAD, begun) as response, pytest.raises(requests.ConnectionError):
        body_of(response, 100, time.monotonic() + 60)
