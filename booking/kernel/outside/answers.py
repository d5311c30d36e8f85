"""Read an answer over HTTP up to an end, in bytes and in time: one that drips, or never ends, is none."""

from __future__ import annotations

import time

import requests

PIECE = 8192  # bytes


class AnswerTooLong(Exception):
    """It was longer, or took longer, than any that makes sense."""


def body_of(answer: requests.Response, most: int, until: float) -> bytes:
    """The body of an answer that was asked for as a stream. `until` by `time.monotonic`. Raises AnswerTooLong."""
    body = bytearray()
    for piece in answer.iter_content(PIECE):
        body += piece
        if len(body) > most or time.monotonic() > until:
            raise AnswerTooLong
    return bytes(body)
