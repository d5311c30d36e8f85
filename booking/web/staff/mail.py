"""Mails kept as files, read on a page: what a demo sends."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path

from flask import Response, abort, current_app, make_response, render_template

from booking.mail.sending import read_file
from booking.settings import settings_of
from booking.staff.models import Role
from booking.web.blueprints import staff
from booking.web.guards.access import staff as staff_only

READ_MAILS = (Role.ADMIN, Role.DESK)
SHOWN = ("image/png", "image/jpeg")  # what our letters bring to be looked at


@dataclass(frozen=True, slots=True)
class MailFilePage:
    """A mail that is kept as a file."""

    name: str
    letter: EmailMessage
    files: list[str]
    text: str


@staff.get("/mail/<name>")
@staff_only(*READ_MAILS)
def read_mail(name: str) -> str:
    """One letter kept as a file."""
    letter = _letter(name)
    files = [part.get_filename() or "" for part in letter.iter_attachments()]
    text = letter.get_body(("plain",))
    return render_template(
        "staff/mail.html",
        page=MailFilePage(name=name, letter=letter, files=files, text=text.get_content() if text else ""),
    )


@staff.get("/mail/<name>/html")
@staff_only(*READ_MAILS)
def mail_html(name: str) -> Response:
    """The letter as its reader sees it, in a frame that can do nothing."""
    letter = _letter(name)
    body = letter.get_body(("html",))
    shown = body.get_content() if body else ""
    for identifier, address in _pictures(letter):
        shown = shown.replace(f"cid:{identifier}", address)
    response = make_response(shown)
    response.headers["Content-Security-Policy"] = (
        "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'; sandbox"
    )
    return response


@staff.get("/mail/<name>/<int:number>")
@staff_only(*READ_MAILS)
def mail_file(name: str, number: int) -> Response:
    """One attachment."""
    parts = list(_letter(name).iter_attachments())
    if number >= len(parts):
        abort(404)
    content = parts[number].get_payload(decode=True)
    response = make_response(content if isinstance(content, bytes) else b"")
    response.headers["Content-Type"] = parts[number].get_content_type()
    plain = (parts[number].get_filename() or "file").encode("ascii", "ignore").decode().replace('"', "")
    response.headers["Content-Disposition"] = f'attachment; filename="{plain}"'
    return response


def mail_folder() -> Path:
    """Where mails are kept while there is no mail server."""
    app = current_app._get_current_object()  # type: ignore[attr-defined]
    return settings_of(app).instance_dir / "mail"


def _pictures(letter: EmailMessage) -> list[tuple[str, str]]:
    """The pictures inside a letter, by what its HTML calls them. The frame fetches nothing: they go with the page."""
    pictures = []
    for part in letter.walk():
        identifier, content = str(part["Content-ID"] or "").strip("<>"), part.get_payload(decode=True)
        kind = part.get_content_type()
        if identifier and kind in SHOWN and isinstance(content, bytes):
            pictures.append((identifier, f"data:{kind};base64,{base64.b64encode(content).decode()}"))
    return pictures


def _letter(name: str) -> EmailMessage:
    letter = read_file(mail_folder(), name)
    if letter is None:
        abort(404)
    return letter
