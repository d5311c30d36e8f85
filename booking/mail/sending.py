"""Letters on their way: as they travel, what becomes of each at the mail server, or as files in the demo."""

from __future__ import annotations

import os
import re
import smtplib
from dataclasses import dataclass
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP
from itertools import takewhile
from pathlib import Path

from booking.kernel import clock
from booking.mail.connection import Composed, ReceiptLost, hand_over
from booking.mail.letter import Letter
from booking.mail.wire import compose
from booking.settings import Settings


class Later(Exception):
    """The letter did not go now; try again later.

    `may_have_gone`: the server has all of it, and did not say whether it takes it. Twice is better than never for a
    ticket, and not for what nobody waits for.
    """

    def __init__(self, why: str, *, may_have_gone: bool = False) -> None:
        super().__init__(why)
        self.may_have_gone = may_have_gone


class LetterRefused(Exception):
    """The letter will never go: the server said no for good.

    `code` and `words` are what it said of the recipient, 0 and "" where it was not of them; not for logs.
    """

    def __init__(self, why: str, code: int = 0, words: str = "") -> None:
        super().__init__(why)
        self.code, self.words = code, words


def send(letter: Letter, settings: Settings, from_name: str, reply_to: str, request_id: str = "") -> None:
    """Send one letter, with the id of the request that it comes from. Raises Later or LetterRefused.

    Not inside a unit of work.
    """
    composed = compose(letter, from_name, settings.mail_sender, reply_to, request_id)
    if settings.mail is None:
        _write_file(letter, settings.instance_dir / "mail", composed)
        return
    message = Composed(recipients=[letter.recipient], sender=settings.mail_sender)
    message.composed = composed
    try:
        hand_over(message)
    except smtplib.SMTPRecipientsRefused as error:
        codes = [code for code, _ in error.recipients.values()]
        if not all(code >= 500 for code in codes):
            raise Later(f"recipient {codes}") from error
        reply = b" ".join(words for _, words in error.recipients.values())
        raise LetterRefused(f"recipient {codes}", codes[0], reply.decode("ascii", "replace")) from error
    except smtplib.SMTPDataError as error:
        raise (LetterRefused if error.smtp_code >= 500 else Later)(f"SMTP {error.smtp_code}") from error
    except smtplib.SMTPResponseException as error:
        # Log-in, sender, greeting: the letter is not to blame, and somebody will put the settings right.
        raise Later(f"{type(error).__name__} {error.smtp_code}") from error
    except ReceiptLost as error:
        raise Later(str(error), may_have_gone=True) from error
    except (OSError, smtplib.SMTPException) as error:
        raise Later(type(error).__name__) from error


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


def _write_file(letter: Letter, folder: Path, composed: bytes) -> None:
    """Write once per Message-ID, whole or not at all."""
    folder.mkdir(parents=True, exist_ok=True)
    name = re.sub(r"[^0-9A-Za-z.-]", "", letter.message_id.split("@")[0]) + ".eml"
    part = folder / f".{name}.{os.getpid()}"
    part.write_bytes(composed)
    os.utime(part, (clock.now().timestamp(),) * 2)  # by our clock, which a demo may run ahead: it is forgotten by it
    part.replace(folder / name)
