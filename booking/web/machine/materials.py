"""Files of materials, handed over as what they are: what a browser shows by itself is shown, the rest is to be kept."""

from __future__ import annotations

from urllib.parse import quote

from flask import Response, abort, redirect, request, url_for
from flask.typing import ResponseReturnValue

from booking.materials.models import MaterialKind
from booking.materials.read import in_address, material_file
from booking.web.blueprints import machine
from booking.web.guards.access import public

_OFFICE = "application/vnd.openxmlformats-officedocument"
MEDIA_TYPES = {
    MaterialKind.PDF: "application/pdf",
    MaterialKind.DOCX: f"{_OFFICE}.wordprocessingml.document",
    MaterialKind.PPTX: f"{_OFFICE}.presentationml.presentation",
    MaterialKind.PNG: "image/png",
    MaterialKind.JPEG: "image/jpeg",
}
SHOWN = frozenset({MaterialKind.PDF, MaterialKind.PNG, MaterialKind.JPEG})
NOTHING = "default-src 'none'; frame-ancestors 'none'; sandbox"
# The readers of browsers draw a PDF in a page of their own, which a sandbox would keep shut.
OF_PDF = "default-src 'none'; object-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'none'"


@machine.get("/material/<int:material_id>/<name>")
@public
def material(material_id: int, name: str) -> ResponseReturnValue:
    """The file as it is now, under its name: letters that went out keep leading to it when it is replaced."""
    file = material_file(material_id)
    if file is None:
        abort(404)
    kind, file_name, mark, content = file
    if name != in_address(file_name):
        return redirect(url_for("machine.material", material_id=material_id, name=in_address(file_name)), 302)
    response = Response(content, mimetype=MEDIA_TYPES[kind])
    manner = "inline" if kind in SHOWN else "attachment"
    response.headers["Content-Disposition"] = f"{manner}; {_named(file_name)}"
    response.headers["Content-Security-Policy"] = OF_PDF if kind is MaterialKind.PDF else NOTHING
    response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    response.headers["Cache-Control"] = "public, no-cache"
    response.set_etag(mark)
    return response.make_conditional(request)


def _named(file_name: str) -> str:
    """The name in plain letters, and as it is (RFC 6266, appendix D); neither can end what it stands in."""
    return f"filename=\"{in_address(file_name)}\"; filename*=UTF-8''{quote(file_name, safe='')}"
