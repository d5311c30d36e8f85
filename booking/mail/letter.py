"""A letter as a value, before anybody knows how it travels."""

from __future__ import annotations

from dataclasses import dataclass

from booking.documents.calendar_file import method_of


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that goes with a letter."""

    name: str
    kind: str  # media type
    content: bytes


@dataclass(frozen=True, slots=True)
class Letter:
    """One message to one recipient. `message_id` is the same for every try of the same promise.

    `list_unsubscribe` is the address that a mail program posts to (RFC 8058), `list_id` the list's name (RFC 2919).

    `pictures` are shown by the HTML as "cid:" and their name (RFC 2392); whoever reads the text needs none of them.
    """

    message_id: str
    recipient: str
    subject: str
    text: str
    html: str
    attachments: tuple[Attachment, ...] = ()
    list_unsubscribe: str = ""
    list_id: str = ""
    pictures: tuple[Attachment, ...] = ()


def calendar_attachment(reference: str, file: bytes) -> Attachment:
    """A calendar file that goes with a letter; the type says the file's own method and letters (RFC 6047, 2.4)."""
    return Attachment(f"{reference}.ics", f"text/calendar; method={method_of(file)}; charset=UTF-8", file)
