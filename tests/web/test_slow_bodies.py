"""Bodies that come too slowly, over real connections."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterable
from threading import Thread
from typing import Any

import pytest
from flask import Flask

from booking.web.guards.slow_bodies import InTime


def read_all(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:  # noqa: ANN401  (WSGI)
    """An app that gives back what it was sent."""
    body = environ["wsgi.input"].read()
    start_response("200 OK", [])
    return [body]


def send(pieces: list[bytes], length: int, *, pause: float = 0.0, seconds: float = 0.4, most: int = 1000) -> Any:  # noqa: ANN401
    """The status and body that whoever sends so is answered, and how long it took in seconds."""
    ours, theirs = socket.socketpair()
    statuses: list[str] = []

    def drip() -> None:
        for piece in pieces:
            try:
                theirs.sendall(piece)
            except OSError:
                return
            time.sleep(pause)

    Thread(target=drip, daemon=True).start()
    environ = {
        "gunicorn.socket": ours,
        "wsgi.input": ours.makefile("rb"),
        "CONTENT_LENGTH": str(length),
        "REQUEST_METHOD": "POST",
    }
    begun = time.monotonic()
    body = b"".join(InTime(read_all, most, seconds)(environ, lambda status, *_rest: statuses.append(status)))  # type: ignore[arg-type]
    took = time.monotonic() - begun
    ours.close()
    theirs.close()
    return statuses[0][:3], body, took


def test_a_form_that_comes_in_time_is_handed_on_whole() -> None:
    status, body, _took = send([b"a=1&", b"b=2"], 7, pause=0.02, seconds=5)
    assert (status, body) == ("200", b"a=1&b=2")


def test_a_form_that_drips_is_not_waited_for() -> None:
    status, body, took = send([b"a"] * 60, 100, pause=0.05)
    assert (status, body) == ("408", b"Too slow.\n")
    assert took < 2


@pytest.mark.parametrize("length", ["", "0", "1001", "x", "-1", "٢"])
def test_what_is_no_form_of_ours_is_left_to_those_behind(length: str) -> None:
    seen: list[object] = []

    def app(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:  # noqa: ANN401  (WSGI)
        seen.append(environ["wsgi.input"])
        return []

    untouched = object()
    environ = {"gunicorn.socket": object(), "wsgi.input": untouched, "CONTENT_LENGTH": length}
    InTime(app, 1000)(environ, lambda *_said: None)  # type: ignore[arg-type]
    assert seen == [untouched]


def test_the_whole_application_stands_behind_it(made_app: Flask) -> None:
    outermost = made_app.wsgi_app
    assert isinstance(outermost, InTime)
    assert outermost.most == made_app.config["MAX_CONTENT_LENGTH"]
