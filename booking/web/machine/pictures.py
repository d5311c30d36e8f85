"""The files of pictures: each under an address that changes with its content, so that browsers keep it for good."""

from __future__ import annotations

from flask import Response, request
from flask.typing import ResponseReturnValue

from booking.pictures.keeping import picture_file
from booking.web.blueprints import machine
from booking.web.guards.access import public

KEPT = "public, max-age=31536000, immutable"
GONE_KEPT = "public, max-age=60"  # one that was just changed is asked for by pages opened before


@machine.get("/picture/<name>")
@public
def picture(name: str) -> ResponseReturnValue:
    """One file of a picture. Opened by itself it does nothing."""
    file = picture_file(name)
    if file is None:
        return "", 404, {"Cache-Control": GONE_KEPT}
    content, kind = file
    response = Response(content, mimetype=kind)
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["Cache-Control"] = KEPT
    response.set_etag(name)
    return response.make_conditional(request)
