"""A form with more fields than any of ours is refused before it is read: 65,536 empty ones are 128 kB and much work."""

from __future__ import annotations

import io
from typing import IO

from flask import Flask, Request
from werkzeug.datastructures import FileStorage, MultiDict
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.formparser import FormDataParser

MOST_FIELDS = 4000


class FewFields(FormDataParser):
    """Werkzeug counts the parts of a form that comes in parts; this counts the fields of all other forms."""

    def parse(
        self,
        stream: IO[bytes],
        mimetype: str,
        content_length: int | None,
        options: dict[str, str] | None = None,
    ) -> tuple[IO[bytes], MultiDict[str, str], MultiDict[str, FileStorage]]:
        """As Werkzeug's own. Raises RequestEntityTooLarge."""
        if mimetype == "application/x-www-form-urlencoded":
            body = stream.read()
            if body.count(b"&") >= MOST_FIELDS:
                raise RequestEntityTooLarge
            stream = io.BytesIO(body)
        return super().parse(stream, mimetype, content_length, options)


class SmallRequest(Request):
    """A request whose forms have few fields."""

    form_data_parser_class = FewFields


def init_app(app: Flask) -> None:
    """For every address."""
    app.request_class = SmallRequest
