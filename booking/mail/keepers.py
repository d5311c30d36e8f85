"""Promises of letters: each kind that somebody writes is written, counted and sent."""

from __future__ import annotations

from booking.centre.facts import the_centre
from booking.kernel import clock
from booking.kernel.database import unit_of_work
from booking.mail import caps, messages, sending
from booking.outbox.keepers import Keeper
from booking.outbox.promises import Leased
from booking.settings import Settings


def _send(leased: Leased, settings: Settings) -> None:
    """Raises caps.HeldBack, sending.Later or sending.LetterRefused."""
    centre = the_centre()
    letter = messages.write(leased.kind, leased.id, leased.about, settings, leased.made_at)
    if letter is None:
        return
    to, most, key = letter.recipient, centre.most_mails, settings.secret_key
    with unit_of_work():
        caps.check(leased.id, leased.kind, leased.about, to, most, key, clock.now())
    sending.send(letter, settings, centre.name, centre.email)


KEEPERS = tuple(Keeper(kind, _send) for kind in messages.WRITERS)
