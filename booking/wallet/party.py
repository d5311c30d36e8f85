"""What a party's pass says, whichever wallet it is in: words in the booking's language, ready to be shown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from flask_babel import force_locale, ngettext
from flask_babel import gettext as _

from booking.bookings.models import State
from booking.bookings.queries import BookedLine, BookingFacts
from booking.bookings.rules import change_deadline
from booking.capacity.models import Channel
from booking.centre.facts import CentreFacts
from booking.centre.wording import LOCALES, Wording
from booking.documents.papers import party_words
from booking.documents.qr import door_text
from booking.kernel.database import Texts


@dataclass(frozen=True, slots=True)
class NamedText:
    """A thing that a pass says, under what it is called. `key` is the same in every language, and for good."""

    key: str
    label: str
    value: str


@dataclass(frozen=True, slots=True)
class PartyPass:
    """A party's one pass. `address` is the booking's own page."""

    lang: str
    serial: str
    centre: str
    title: str
    about: str
    door: str
    reference: NamedText
    when: NamedText
    whole_when: NamedText
    people: NamedText
    name: NamedText
    details: tuple[NamedText, ...]
    starts_at: datetime
    ends_at: datetime
    cancelled: bool
    place: str
    address: str


def has_pass(facts: BookingFacts) -> bool:
    """Whether a booking is one that a party carries in a phone: bought by itself, for people, and of some time."""
    bought = facts.confirmed_at is not None and facts.changes_id is None
    return bought and facts.is_of_places and facts.channel is not Channel.SCHOOL and bool(facts.lines)


def party_pass(facts: BookingFacts, centre: CentreFacts, address: str) -> PartyPass:
    """What its pass says now, in its own language, whoever asks. Asks the database nothing."""
    write = Wording.of(facts.lang, centre)
    with force_locale(LOCALES.get(facts.lang, "en_GB")):
        return _in_words(facts, centre, write, address)


def _in_words(facts: BookingFacts, centre: CentreFacts, write: Wording, address: str) -> PartyPass:
    cancelled = facts.state is State.CANCELLED
    days = f"{write.moment(facts.starts_at)} – {write.short_day(facts.last_at)}" if facts.last_at else ""
    when = NamedText("when", _("When"), days or write.moment(facts.starts_at))
    people = ngettext("%(num)s person", "%(num)s people", facts.people)
    return PartyPass(
        lang=facts.lang,
        serial=facts.reference,
        centre=centre.name,
        title=", ".join(write.words(title) for title in _titles(facts.lines)),
        about=_("Tickets for %(what)s", what=centre.name),
        door=door_text(facts.code),
        reference=NamedText("reference", _("Reference"), facts.reference),
        when=NamedText("starts", write.short_day(facts.starts_at), write.time(facts.starts_at)),
        whole_when=NamedText("when", when.label, _("Cancelled") if cancelled else when.value),
        people=NamedText("people", _("How many"), people),
        name=NamedText("name", _("Name"), facts.name),
        details=_details(facts, centre, write, address),
        starts_at=facts.starts_at,
        ends_at=max(line.ends_at for line in facts.lines),
        cancelled=cancelled,
        place=centre.address,
        address=address,
    )


def _details(facts: BookingFacts, centre: CentreFacts, write: Wording, address: str) -> tuple[NamedText, ...]:
    """What stands on the back: each time with its tickets, what the code is good for, the way, the page."""
    booked: dict[tuple[str, str], list[str]] = {}
    for line in facts.lines:
        row = write.words(line.activity_title), write.moment(line.starts_at)
        booked.setdefault(row, []).append(f"{line.number} × {write.words(line.ticket_title)}")
    lines = "\n".join(f"{title}, {moment}: {', '.join(tickets)}" for (title, moment), tickets in booked.items())
    proofs = sorted({write.words(line.proof) for line in facts.lines if line.proof})
    until = write.until(write.moment(change_deadline(facts.starts_at, centre)))
    standing = facts.state is not State.CANCELLED
    way = "\n".join(part for part in (centre.address, write.words(centre.find_us)) if part)
    texts = (
        NamedText("booked", _("What you have booked"), lines),
        NamedText("code", _("At the entrance"), "\n".join((party_words(facts.people), *proofs)) if standing else ""),
        NamedText("change", _("Change or cancel"), _("You can do it yourself until %(when)s.", when=until)),
        NamedText("page", _("My booking"), address),
        NamedText("way", _("Find us"), way),
    )
    return tuple(text for text in texts if text.value and (standing or text.key != "change"))


def _titles(lines: Sequence[BookedLine]) -> list[Texts]:
    """What is booked, each once, in its order."""
    titles = [line.activity_title for line in lines]
    return [title for place, title in enumerate(titles) if title not in titles[:place]]
