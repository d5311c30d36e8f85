"""The letter as bytes: what a mail program reads is what the library's own message would have said."""

from __future__ import annotations

from dataclasses import replace
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP

import pytest

from booking.mail.letter import Attachment, Letter, calendar_attachment
from booking.mail.wire import compose
from tests.mail.slowly import composed_slowly

SENDER, REPLIES = "billett@example.org", "post@example.org"
PLAIN = Letter("<outbox-1.5f@example.org>", "kari@example.org", "Hello", "Text\n", "<p>HTML</p>\n")
PDF = Attachment("tickets-4BKC9RC7.pdf", "application/pdf", bytes(range(256)) * 120)
CALENDAR = calendar_attachment("4BKC9RC7", b"BEGIN:VCALENDAR\r\nMETHOD:PUBLISH\r\n")
LOGO = Attachment("logo.png", "image/png", b"\x89PNG" + b"\0" * 57)
STRANGE = (
    "Å reise, \u2028 漢字 🎟\r\n\r\n.\r\n..\nFrom here\n--=_mixed--\n=_\ttab \n trailing \x0b\x85"
    + "x" * 3000 + "\rå" * 400
)  # fmt: skip
LETTERS = {
    "the least": PLAIN,
    "tickets": replace(PLAIN, attachments=(PDF, CALENDAR)),
    "with a logo": replace(PLAIN, pictures=(LOGO,)),
    "with all": replace(
        PLAIN,
        attachments=(PDF, CALENDAR),
        pictures=(LOGO,),
        list_unsubscribe="https://example.org/u",
        list_id="<news.example.org>",
    ),
    "in strange letters": replace(PLAIN, subject=f"Biļetes {STRANGE}", text=STRANGE, html=f"<p>{STRANGE}</p>"),
    "with a Latvian file": replace(PLAIN, attachments=(replace(PDF, name='biļetes "4BKC" (1).pdf'),)),
    "with a quoted file": replace(PLAIN, attachments=(replace(PDF, name='a "b" \\ c;d=e.pdf', content=b""),)),
    "with almost nothing in it": replace(PLAIN, text="\n", html="."),
}


def as_read(raw: bytes) -> list[object]:
    """All that a mail program sees, part by part."""
    letter = message_from_bytes(raw, policy=SMTP)
    assert isinstance(letter, EmailMessage)
    seen: list[object] = [sorted((name, str(value)) for name, value in letter.items() if name not in IN_PARTS)]
    for part in letter.walk():
        assert isinstance(part, EmailMessage) and not part.defects
        kind = {name: value for name, value in part["Content-Type"].params.items() if name != "boundary"}
        seen.append((part.get_content_type(), kind, part.get_filename(), part.get_content_disposition()))
        seen.append(part["Content-ID"])
        content = None if part.is_multipart() else part.get_content()
        if isinstance(content, str) and part.get_filename() is None:
            content = content.replace("\r\n", "\n")
        seen.append(content)
    return seen


IN_PARTS = {"Content-Type", "Date", "Content-Transfer-Encoding"}


@pytest.mark.parametrize("name", LETTERS)
def test_a_letter_reads_as_the_library_would_have_written_it(name: str) -> None:
    letter = LETTERS[name]
    ours = compose(letter, "Vitensenteret, «Nord»", SENDER, REPLIES)
    theirs = composed_slowly(letter, "Vitensenteret, «Nord»", SENDER, REPLIES).as_bytes()
    assert as_read(ours) == as_read(theirs)


@pytest.mark.parametrize("name", LETTERS)
def test_a_letter_has_only_lines_that_every_server_takes(name: str) -> None:
    raw = compose(LETTERS[name], "Senteret", SENDER, REPLIES)
    lines = raw.split(b"\r\n")
    assert raw.isascii()
    assert max(map(len, lines)) <= 998
    assert not any(b"\r" in line or b"\n" in line for line in lines)


def test_an_address_with_a_line_break_is_refused() -> None:
    with pytest.raises(ValueError, match="linefeed"):
        compose(replace(PLAIN, recipient="kari@example.org\r\nBcc: thief@example.com"), "Senteret", SENDER, REPLIES)
