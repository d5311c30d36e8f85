"""Read an answer over HTTP up to an end, in bytes and in time: one that drips, or never ends, is none."""

from __future__ import annotations

import time
from collections.abc import Iterator

import requests
from urllib3.exceptions import HTTPError

PIECE = 8192  # bytes


class AnswerTooLong(Exception):
    """It was longer, or took longer, than any that makes sense."""


def body_of(answer: requests.Response, most: int, until: float) -> bytes:
    """The body of an answer that was asked for as a stream. `until` by `time.monotonic`.

    Raises AnswerTooLong, requests.ConnectionError.
    """
    body = bytearray()
    for piece in _pieces(answer):
        body += piece
        if len(body) > most or time.monotonic() > until:
            raise AnswerTooLong
    return bytes(body)


def _pieces(answer: requests.Response) -> Iterator[bytes]:
    """What has come, as it comes: `iter_content` waits until a piece is full, of one that drips for hours."""
    try:
        while piece := answer.raw.read1(PIECE, decode_content=True):
            yield piece
    except HTTPError as error:
        raise requests.ConnectionError(error) from error
