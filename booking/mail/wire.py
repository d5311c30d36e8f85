"""A letter as it travels (RFC 5322, RFC 2045), in lines and bytes that every server takes.

The library's own message is put together and written out part by part, which took as long as setting the tickets. Here
its headers are used, each written once as long as it says the same; the parts around them are plain text of ours.
"""

from __future__ import annotations

import re
from binascii import b2a_base64, b2a_qp
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import formatdate
from functools import lru_cache
from urllib.parse import quote

from booking.kernel import clock
from booking.mail.letter import Attachment, Letter

WIRE = SMTP.clone(cte_type="7bit")  # for servers that do not announce 8BITMIME
END = "\r\n"
LINE = 76  # letters of a line in base64 (RFC 2045, section 6.8)


def compose(letter: Letter, from_name: str, sender: str, reply_to: str, request_id: str = "") -> bytes:
    """The letter with its headers, both of its texts, and what goes with them."""
    headers = [
        _from(_as_name(from_name), sender),
        _written("To", letter.recipient),
        _header("Subject", _one_line(letter.subject)),
        _header("Reply-To", reply_to),
        f"Date: {formatdate(clock.now().timestamp())}{END}",
        _written("Message-ID", letter.message_id),
        # RFC 3834, section 5, and what Exchange asks for: nobody's holiday answer comes back to us.
        _header("Auto-Submitted", "auto-generated"),
        _header("X-Auto-Response-Suppress", "All"),
    ]
    if letter.list_unsubscribe:
        # RFC 8058: the mail program leaves on its reader's behalf, by one POST.
        headers.append(_written("List-Unsubscribe", f"<{letter.list_unsubscribe}>"))
        headers.append(_header("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"))
    if letter.list_id:
        headers.append(_header("List-Id", letter.list_id))
    if request_id:
        headers.append(_written("X-Request-Id", request_id))
    html = _text(letter.html, "html")
    if letter.pictures:
        # The type is that of the part that is looked at first (RFC 2387, section 3.1).
        html = _parts('related; type="text/html"', [html, *map(_picture, letter.pictures)])
    body = _parts("alternative", [_text(letter.text, "plain"), html])
    if letter.attachments:
        body = _parts("mixed", [body, *map(_attached, letter.attachments)])
    return "".join([*headers, "MIME-Version: 1.0", END, body]).encode("ascii")


@lru_cache(maxsize=256)
def _header(name: str, value: str) -> str:
    """A header that many letters have alike."""
    return _written(name, value)


@lru_cache(maxsize=16)
def _from(name: str, address: str) -> str:
    return _written("From", Address(display_name=name, addr_spec=address))


def _written(name: str, value: str | Address) -> str:
    """One header, encoded and folded by the library, which refuses what would be two."""
    message = EmailMessage(policy=WIRE)
    message[name] = value
    return message.as_bytes().decode("ascii").removesuffix(END)


def _parts(kind: str, parts: list[str]) -> str:
    """Several parts as one. No part can hold its boundary: "=_" stands in no text that is encoded (RFC 2045, 6.7)."""
    boundary = f"=_{kind.partition(';')[0]}"
    lines = [f'Content-Type: multipart/{kind};{END} boundary="{boundary}"{END}']
    lines += [f"{END}--{boundary}{END}{part}" for part in parts]
    return "".join([*lines, f"{END}--{boundary}--{END}"])


def _text(text: str, subtype: str) -> str:
    """A text in quoted-printable, its lines ended as the wire has it."""
    lines = b"".join(line + b"\r\n" for line in text.encode().splitlines())
    encoded = b2a_qp(lines, istext=True).decode("ascii")
    head = f'Content-Type: text/{subtype}; charset="utf-8"{END}Content-Transfer-Encoding: quoted-printable{END}'
    return f"{head}{END}{encoded}"


def _attached(file: Attachment) -> str:
    return _file(file, "attachment", "")


def _picture(file: Attachment) -> str:
    return _file(file, "inline", f"Content-ID: <{file.name}>{END}")


def _file(file: Attachment, disposition: str, more: str) -> str:
    whole = b2a_base64(file.content, newline=False).decode("ascii")
    lines = END.join(whole[start : start + LINE] for start in range(0, len(whole), LINE))
    return (
        f"Content-Type: {file.kind}{END}Content-Transfer-Encoding: base64{END}"
        f"Content-Disposition: {disposition};{END} {_file_name(file.name)}{END}{more}{END}{lines}{END}"
    )


def _file_name(name: str) -> str:
    """The parameter that says what a file is called; other letters than ASCII's as RFC 2231 has them."""
    if name.isascii() and name.isprintable():
        return 'filename="{}"'.format(re.sub(r'(["\\])', r"\\\1", name))
    return f"filename*=utf-8''{quote(name, safe='')}"


def _one_line(text: str) -> str:
    """Fit for a header: everything that some reader takes for the end of a line becomes a space."""
    return " ".join(text.split())[:200]


def _as_name(text: str) -> str:
    """Fit for the name before an address. The library forgets the quotes around a name that it has to fold."""
    name = _one_line(text)
    return name if len(name) <= 60 else " ".join(re.sub(r'["(),.:;<>@\[\\\]]', " ", name).split())
