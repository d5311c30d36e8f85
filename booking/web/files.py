"""Files that a view hands over."""

from __future__ import annotations

from flask import Response, make_response


def download(content: bytes, kind: str, name: str) -> Response:
    """A file to keep; letters beyond ASCII fall out of its name."""
    response = make_response(content)
    response.headers["Content-Type"] = kind
    response.headers["Content-Disposition"] = f'attachment; filename="{name.encode("ascii", "ignore").decode()}"'
    return response
