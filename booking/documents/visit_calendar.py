"""A school visit as one appointment, from the bus's coming to its going, with the plan of each class in it."""

from __future__ import annotations

from flask_babel import gettext as _

from booking.bookings.models import State
from booking.bookings.queries import BookingFacts
from booking.centre.facts import CentreFacts
from booking.centre.wording import Wording
from booking.documents.calendar_file import Appointment, calendar_file
from booking.kernel import clock
from booking.outreach.read import Away
from booking.planner.plans import Part, PartKind
from booking.visits.read import VisitFacts


def visit_calendar(facts: BookingFacts, visit: VisitFacts, centre: CentreFacts, write: Wording, address: str) -> bytes:
    """The file as bytes; it moves with the visit, and is cancelled with it. Call with its language in force."""
    lines = [_("Reference %(reference)s", reference=facts.reference)]
    for timetable in visit.timetables:
        lines += ["", timetable.group.name]
        lines += [
            f"{write.time(part.starts_at)}–{write.time(part.ends_at)} {part_named(part, visit, write)}"
            for part in timetable.parts
        ]
    return calendar_file(
        [
            Appointment(
                uid=f"{facts.reference}-visit@bestill",
                title=_("Visit to %(centre)s", centre=centre.name),
                starts_at=visit.arrives_at,
                ends_at=visit.leaves_at,
            )
        ],
        centre=centre,
        version=facts.version,
        made_at=clock.now(),
        address=address,
        text="\n".join(lines),
        cancelled=facts.state is State.CANCELLED,
    )


def away_calendar(facts: BookingFacts, away: Away, centre: CentreFacts, write: Wording, address: str) -> bytes:
    """When we come to a school, as an appointment that moves with the visit and is cancelled with it."""
    return calendar_file(
        [Appointment(f"{facts.reference}-away@bestill", write.words(away.title), away.starts_at, away.ends_at)],
        centre=centre,
        version=facts.version,
        made_at=clock.now(),
        place=away.address,
        address=address,
        text=_("Reference %(reference)s", reference=facts.reference),
        cancelled=facts.state is State.CANCELLED,
    )


def part_named(part: Part, visit: VisitFacts, write: Wording) -> str:
    """What a class does for a while, in the words of the language in force."""
    match part.kind:
        case PartKind.PROGRAMME | PartKind.SHOW:
            return write.words(visit.titles.get(part.activity_id or 0, {}))
        case PartKind.LUNCH:
            return str(_("Lunch room"))
        case PartKind.EXHIBITION:
            return str(_("The exhibition"))
