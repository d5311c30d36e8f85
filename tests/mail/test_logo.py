"""The centre's logo in its letters: inside them, with words for who sees none, and never in the way."""

from __future__ import annotations

import struct
import zlib
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import pytest
from flask import Flask

from booking.centre.logo import keep_logo
from booking.kernel.database import unit_of_work
from booking.mail.sending import list_files
from booking.pictures import drawn
from booking.running.worker import run_once
from booking.settings import settings_of
from booking.staff.models import Role
from tests.builders import a_confirmed_booking, a_sale
from tests.web.staffing import a_colleague


def chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


HEAD = chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0))
PNG = b"\x89PNG\r\n\x1a\n" + HEAD + chunk(b"IDAT", zlib.compress(b"\0\0")) + chunk(b"IEND", b"")
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 4 4"><rect width="4" height="4"/></svg>'
UNDRAWABLE = b'<svg xmlns="http://www.w3.org/2000/svg" width="0" height="0"/>'


@pytest.mark.parametrize(("logo", "shown"), [(PNG, True), (SVG, True), (UNDRAWABLE, False), (b"", False)])
def test_a_letter_carries_the_logo_and_the_preview_shows_it(app: Flask, logo: bytes, shown: bool) -> None:
    _, slot, adult = a_sale()
    if logo:
        with unit_of_work():
            keep_logo(logo, "command")
    boss = a_colleague(app, Role.ADMIN)
    a_confirmed_booking(slot, adult)
    run_once(app)
    file = list_files(settings_of(app).instance_dir / "mail", 1)[0].name
    kept = (settings_of(app).instance_dir / "mail" / file).read_bytes()
    assert (b"Content-ID: <logo.png>" in kept) is shown
    related = [
        part["Content-Type"].params for part in message_from_bytes(kept, policy=default).walk()
        if part.get_content_type() == "multipart/related"
    ]  # fmt: skip
    assert [params["type"] for params in related] == ["text/html"]  # of the picture too; RFC 2387, section 3.1
    html = boss.get(f"/staff/mail/{file}/html").get_data(as_text=True)
    assert ("data:image/png;base64,iVBOR" in html) is shown
    assert ('alt="Pr\u00f8vesenteret"' in html) is shown
    assert "data:image/jpeg;base64,/9j/" in html  # the motif of what is booked
    assert "cid:" not in html
    page = boss.get(f"/staff/mail/{file}").get_data(as_text=True)
    assert "Pr\u00f8vesenteret" in page
    assert "logo.png" not in page and "picture.jpg" not in page  # no attachment, as the tickets are
    assert "ics" in page


def test_a_letter_goes_without_the_logo_when_the_process_that_draws_it_is_killed(
    app: Flask, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    stand_in = tmp_path / "drawing.py"
    stand_in.write_text("import os; os.kill(os.getpid(), 9)")
    monkeypatch.setattr(drawn, "DRAWING", stand_in)
    _, slot, adult = a_sale()
    with unit_of_work():
        keep_logo(SVG.replace(b"<rect", b"<desc>killed</desc><rect"), "command")
    for address in ("kari@example.org", "ola@example.org"):
        a_confirmed_booking(slot, adult, email=address)
    assert run_once(app) == 2
    folder = settings_of(app).instance_dir / "mail"
    assert {file.recipient for file in list_files(folder, 2)} == {"kari@example.org", "ola@example.org"}
    for file in list_files(folder, 2):
        assert b"Content-ID: <logo.png>" not in (folder / file.name).read_bytes()
