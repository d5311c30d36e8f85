"""A booking as tickets and calendar, in its own language."""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import gettext as _
from flask_babel import ngettext

from booking.bookings.models import State
from booking.bookings.queries import BookedLine, BookedTicket, BookingFacts, CalendarTimes
from booking.centre.facts import CentreFacts
from booking.centre.wording import Wording
from booking.documents.calendar_file import Appointment, calendar_file
from booking.documents.finding import map_of
from booking.documents.looks import PaperLook
from booking.documents.paper import Paper, PaperLine, PaperTicket, PaperWay
from booking.kernel import clock


def ticket_paper(
    facts: BookingFacts, tickets: Sequence[BookedTicket], centre: CentreFacts, look: PaperLook, write: Wording
) -> Paper:
    """The booking as tickets, with its discounts where they are named. Call with the booking's language in force."""
    titles = {(line.slot_id, line.ticket_type_id): line for line in facts.lines}
    proofs = {write.words(line.proof) for line in facts.lines if line.proof}
    return Paper(
        lang=write.lang,
        title=_("Tickets"),
        centre=centre.name,
        seller=seller_lines(centre),
        reference=facts.reference,
        code=facts.code,
        buyer=facts.name,
        lead=_lead(facts, write),
        notes=tuple(
            note
            for note in (
                _("Show the code at the entrance, on paper or on your phone."),
                *sorted(proofs),
                *(
                    _("%(name)s: %(sum)s off.", name=write.words(off.name), sum=write.money(off.amount, facts.currency))
                    for off in facts.off
                ),
            )
            if note
        ),
        lines=_by_time(facts.lines, write),
        tickets=tuple(
            PaperTicket(
                code=ticket.code,
                title=write.words(titles[ticket.slot_id, ticket.ticket_type_id].activity_title),
                when=write.moment(titles[ticket.slot_id, ticket.ticket_type_id].starts_at),
                kind=write.words(titles[ticket.slot_id, ticket.ticket_type_id].ticket_title),
                admits=ngettext("Admits %(num)s person", "Admits %(num)s people", ticket.admits),
            )
            for ticket in tickets
        ),
        look=look,
        way=way_of(centre, write),
        words={
            "qr": _("QR code for booking"),
            "when": _("When"),
            "reference": _("Reference"),
            "name": _("Name"),
            "party": party_words(facts.people),
            "way": _("Find us"),
            "map": _("See it on a map"),
            "contents": _("What you have booked"),
            "single": _("Single tickets"),
            "single_hint": _("For those who come apart from the others."),
        },
    )


def _lead(facts: BookingFacts, write: Wording) -> str:
    """When it is, of several days from when until when."""
    first = write.moment(facts.starts_at)
    return f"{first} – {write.short_day(facts.last_at)}" if facts.last_at else first


def booking_calendar(
    facts: BookingFacts, times: CalendarTimes, centre: CentreFacts, write: Wording, address: str
) -> bytes:
    """One appointment for each slot bought, and a cancelled one for each that was given up; see `calendar_times`."""
    slots = {line.slot_id: line for line in facts.lines}
    stand = [
        Appointment(
            uid=_uid(facts, line.slot_id),
            title=f"{write.words(line.activity_title)}, {centre.name}",
            starts_at=line.starts_at,
            ends_at=times.leaves.get(line.slot_id, line.ends_at),
        )
        for line in slots.values()
    ]
    gone = [
        Appointment(
            _uid(facts, former.slot_id),
            f"{write.words(former.title)}, {centre.name}",
            former.starts_at,
            former.ends_at,
            cancelled=True,
        )
        for former in times.former
    ]
    return calendar_file(
        [*stand, *gone],
        centre=centre,
        version=facts.version,
        made_at=clock.now(),
        address=address,
        text=_("Reference %(reference)s", reference=facts.reference),
        cancelled=facts.state is State.CANCELLED,
    )


def _uid(facts: BookingFacts, slot_id: int) -> str:
    """Of one booking in one slot, for good: who moves and comes back finds the same appointment."""
    return f"{facts.reference}-{slot_id}@bestill"


def _by_time(lines: Sequence[BookedLine], write: Wording) -> tuple[PaperLine, ...]:
    """A row for each time, with all who come then."""
    rows: dict[tuple[str, str], list[str]] = {}
    for line in lines:
        row = _line(line, write)
        rows.setdefault((row.title, row.when), []).append(row.kind)
    return tuple(PaperLine(title, when, "\n".join(kinds)) for (title, when), kinds in rows.items())


def _line(line: BookedLine, write: Wording) -> PaperLine:
    kind = f"{line.number} × {write.words(line.ticket_title)}"
    return PaperLine(write.words(line.activity_title), write.moment(line.starts_at), kind)


def way_of(centre: CentreFacts, write: Wording) -> PaperWay:
    """How to come to the centre."""
    return PaperWay(centre.address, map_of(centre.address) if centre.address else "", write.words(centre.find_us))


def party_words(people: int) -> str:
    """Whom one code lets in."""
    words: str = ngettext("One code for %(num)s person", "One code for all %(num)s of you", people)
    return words


def seller_lines(centre: CentreFacts) -> tuple[str, ...]:
    """Who sells, as a paper's foot says it."""
    return tuple(part for part in (centre.legal_name, centre.address, _org_number(centre)) if part)


def _org_number(centre: CentreFacts) -> str:
    """As a sales document has it: in Norway in threes with MVA behind (bokføringsforskriften § 5-1-2)."""
    number = centre.org_number.strip()
    if centre.country == "NO" and number:
        bare = number.upper().removesuffix("MVA").replace(" ", "")
        number = f"{bare[:3]} {bare[3:6]} {bare[6:]} MVA" if len(bare) == 9 and bare.isdecimal() else number
    words: str = _("Org. no. %(number)s", number=number) if number else ""
    return words
