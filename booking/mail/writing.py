"""Where letters are written: the desk with what every writer needs, and a letter made from its template."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, TypeVar

from flask import render_template

from booking.centre.facts import CentreFacts
from booking.centre.wording import Wording
from booking.documents.finding import map_of
from booking.documents.looks import NOTHING_SEEN, Sight
from booking.kernel import clock
from booking.mail.blocks import Block, blocks_of
from booking.mail.kinds import LETTERS, key_of
from booking.mail.letter import Attachment, Letter
from booking.mail.looks import letter_look
from booking.mail.own_words import Added, added_to
from booking.outbox.keepers import read
from booking.settings import Settings


@dataclass(frozen=True, slots=True)
class Desk:
    """Where letters are written: the settings, the centre, and the promise they keep, with when it was made."""

    settings: Settings
    centre: CentreFacts
    promise_id: int
    kind: str = ""
    made_at: datetime | None = None

    @property
    def message_id(self) -> str:
        """The same for every try of the same promise, so that a letter sent twice is seen as one.

        Numbers begin again where the last copy left off when a database is restored; moments do not, and a second
        letter under an old name would be taken for the first and thrown away.
        """
        host = self.settings.mail_sender.rpartition("@")[2]
        moment = round((self.made_at or clock.now()).timestamp() * 1_000_000)
        return f"<outbox-{self.promise_id}.{moment:x}@{host}>"

    def link(self, lang: str, path: str) -> str:
        """A full address."""
        return f"{self.settings.public_url}/{lang}/{path}"


P = TypeVar("P")
Writer = Callable[[Desk, Mapping[str, Any]], Letter | None]


def writer(payload: type[P], write: Callable[[Desk, P], Letter | None]) -> Writer:
    """Write a letter from what its promise is about, read as this kind of value. Raises UnreadablePromise."""

    def from_promise(desk: Desk, about: Mapping[str, Any]) -> Letter | None:
        return write(desk, read(payload, about))

    return from_promise


def compose(
    desk: Desk,
    recipient: str,
    subject: str,
    template: str,
    write: Wording,
    attachments: tuple[Attachment, ...] = (),
    sight: Sight = NOTHING_SEEN,
    **values: object,
) -> Letter:
    """A letter of one template, with the centre's own words for it and its language."""
    key = key_of(desk.kind, template)
    own = added_to(key, write.lang) if key in LETTERS else Added()
    return set_out(desk, recipient, subject, template, write, own, attachments, key=key, sight=sight, **values)


def set_out(
    desk: Desk,
    recipient: str,
    subject: str,
    template: str,
    write: Wording,
    own: Added,
    attachments: tuple[Attachment, ...] = (),
    *,
    key: str = "",
    sight: Sight = NOTHING_SEEN,
    **values: object,
) -> Letter:
    """The letter with these words of the centre's own in it, and the parts that belong to it; see blocks.BLOCKS."""
    subject, parts = own.subject or subject, blocks_of(key)
    look = letter_look(desk.centre, sight if Block.PICTURE in parts else NOTHING_SEEN, write.words(sight.alt or {}))
    values = {
        "centre": desk.centre,
        "write": write,
        "subject": subject,
        "look": look,
        "own": own if Block.BENEATH in parts else replace(own, beneath=""),
        "map_link": map_of(desk.centre.address),
        **values,
    }
    return Letter(
        message_id=desk.message_id,
        recipient=recipient,
        subject=subject,
        text=tidied(render_template(f"mail/{template}.txt", **values)),
        html=render_template(f"mail/{template}.html", **values),
        attachments=attachments,
        pictures=look.pictures,
    )


def tidied(text: str) -> str:
    """The text as somebody would have typed it: one empty line between paragraphs, none before or after."""
    return re.sub(r"\n{3,}", "\n\n", text).strip("\n") + "\n"
