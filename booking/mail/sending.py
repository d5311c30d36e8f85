"""Letters on their way: as they travel, what becomes of each at the mail server, or as files in the demo."""

from __future__ import annotations

import os
import re
import smtplib
from dataclasses import dataclass
from email import message_from_bytes
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import formatdate
from itertools import takewhile
from pathlib import Path

from booking.kernel import clock
from booking.mail.connection import Composed, hand_over
from booking.mail.letter import Letter
from booking.settings import Settings

WIRE = SMTP.clone(cte_type="7bit")  # for servers that do not announce 8BITMIME


class Later(Exception):
    """The letter did not go now; try again later."""


class LetterRefused(Exception):
    """The letter will never go: the server said no for good."""


def send(letter: Letter, settings: Settings, from_name: str, reply_to: str) -> None:
    """Send one letter. Raises Later or LetterRefused. Not inside a unit of work."""
    composed = compose(letter, from_name, settings.mail_sender, reply_to)
    if settings.mail is None:
        _write_file(letter, settings.instance_dir / "mail", composed)
        return
    message = Composed(recipients=[letter.recipient], sender=settings.mail_sender)
    message.composed = composed
    try:
        hand_over(message)
    except smtplib.SMTPRecipientsRefused as error:
        codes = [code for code, _ in error.recipients.values()]
        raise (LetterRefused if all(code >= 500 for code in codes) else Later)(f"recipient {codes}") from error
    except smtplib.SMTPDataError as error:
        raise (LetterRefused if error.smtp_code >= 500 else Later)(f"SMTP {error.smtp_code}") from error
    except smtplib.SMTPResponseException as error:
        # Log-in, sender, greeting: the letter is not to blame, and somebody will put the settings right.
        raise Later(f"{type(error).__name__} {error.smtp_code}") from error
    except (OSError, smtplib.SMTPException) as error:
        raise Later(type(error).__name__) from error


def compose(letter: Letter, from_name: str, sender: str, reply_to: str) -> EmailMessage:
    """The letter as it travels (RFC 5322), in lines and bytes that every server takes."""
    message = EmailMessage(policy=WIRE)
    message["From"] = Address(display_name=_as_name(from_name), addr_spec=sender)
    message["To"] = letter.recipient
    message["Subject"] = _one_line(letter.subject)
    message["Reply-To"] = reply_to
    message["Date"] = formatdate()
    message["Message-ID"] = letter.message_id
    # RFC 3834, section 5, and what Exchange asks for: nobody's holiday answer comes back to us.
    message["Auto-Submitted"] = "auto-generated"
    message["X-Auto-Response-Suppress"] = "All"
    if letter.list_unsubscribe:
        message["List-Unsubscribe"] = f"<{letter.list_unsubscribe}>"
    message.set_content(letter.text)
    message.add_alternative(letter.html, subtype="html")
    html = message.get_body(("html",))
    for picture in letter.pictures:
        main, sub = picture.kind.split("/", 1)
        if html is not None:
            html.add_related(
                picture.content,
                maintype=main,
                subtype=sub,
                cid=f"<{picture.name}>",
                filename=picture.name,
                disposition="inline",
            )
    if html is not None and letter.pictures:
        html.set_param("type", "text/html")  # of the part that is looked at first (RFC 2387, section 3.1)
    for attachment in letter.attachments:
        media, *more = attachment.kind.split("; ")
        main, sub = media.split("/", 1)
        params = dict(parameter.split("=", 1) for parameter in more)
        message.add_attachment(
            attachment.content, maintype=main, subtype=sub, filename=attachment.name, params=params or None
        )
    return message


def _one_line(text: str) -> str:
    """Fit for a header: everything that some reader takes for the end of a line becomes a space."""
    return " ".join(text.split())[:200]


def _as_name(text: str) -> str:
    """Fit for the name before an address. The library forgets the quotes around a name that it has to fold."""
    name = _one_line(text)
    return name if len(name) <= 60 else " ".join(re.sub(r'["(),.:;<>@\[\\\]]', " ", name).split())


@dataclass(frozen=True, slots=True)
class MailFile:
    """A letter kept as a file instead of sent."""

    name: str
    subject: str
    recipient: str
    date: str


def list_files(folder: Path, most: int = 100) -> list[MailFile]:
    """The newest letters in the folder."""
    if not folder.is_dir():
        return []
    newest = sorted(folder.glob("*.eml"), key=lambda file: file.stat().st_mtime, reverse=True)[:most]
    letters = [(file.name, read_file(folder, file.name)) for file in newest]
    return [
        MailFile(name, str(letter["Subject"]), str(letter["To"]), str(letter["Date"]))
        for name, letter in letters
        if letter
    ]


def files_to(folder: Path, address: str) -> list[tuple[Path, MailFile]]:
    """All letters in the folder that went to this address, the oldest first. Of each only its head is read."""
    letters = []
    for file in sorted(folder.glob("*.eml"), key=lambda file: file.stat().st_mtime):
        with file.open("rb") as lines:
            head = message_from_bytes(b"".join(takewhile(b"\r\n".__ne__, lines)), policy=SMTP)
        if address in [to.addr_spec for to in getattr(head["To"], "addresses", ())]:
            letters.append((file, MailFile(file.name, str(head["Subject"]), str(head["To"]), str(head["Date"]))))
    return letters


def read_file(folder: Path, name: str) -> EmailMessage | None:
    """One letter; None for a name that is no letter of ours."""
    if not re.fullmatch(r"[0-9A-Za-z.-]+\.eml", name) or not (folder / name).is_file():
        return None
    read = message_from_bytes((folder / name).read_bytes(), policy=SMTP)
    return read if isinstance(read, EmailMessage) else None


def _write_file(letter: Letter, folder: Path, composed: EmailMessage) -> None:
    """Write once per Message-ID, whole or not at all."""
    folder.mkdir(parents=True, exist_ok=True)
    name = re.sub(r"[^0-9A-Za-z.-]", "", letter.message_id.split("@")[0]) + ".eml"
    part = folder / f".{name}.{os.getpid()}"
    part.write_bytes(composed.as_bytes())
    os.utime(part, (clock.now().timestamp(),) * 2)  # by our clock, which a demo may run ahead: it is forgotten by it
    part.replace(folder / name)
