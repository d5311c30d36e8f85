"""What somebody brings to the door: tickets, or for a school one page with its plan, its numbers and one code."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import ngettext

from booking.bookings import queries
from booking.bookings.queries import BookingFacts
from booking.capacity.models import Channel
from booking.centre.facts import CentreFacts
from booking.centre.wording import Wording
from booking.documents.looks import PaperLook, look_of, sight_of
from booking.documents.paper import Paper, PaperClass, VisitPaper
from booking.documents.papers import party_words, seller_lines, ticket_paper, way_of
from booking.documents.visit_calendar import part_named
from booking.planner.wish import Group
from booking.visits import read
from booking.visits.read import VisitFacts


def entry_paper(facts: BookingFacts, centre: CentreFacts, write: Wording) -> Paper | VisitPaper:
    """The paper of a booking, whatever it is; reads what it needs. Call with the reader's language in force."""
    visit = read.of_booking(facts.id, facts.currency) if facts.channel is Channel.SCHOOL else None
    look = look_of(centre, sight_of(centre, facts.lines), write)
    if visit is not None:
        return visit_paper(facts, visit, centre, look, write)
    return ticket_paper(queries.named(facts), queries.tickets_of(facts.id), centre, look, write)


def visit_paper(
    facts: BookingFacts, visit: VisitFacts, centre: CentreFacts, look: PaperLook, write: Wording
) -> VisitPaper:
    """A school's page: the plan by class, and one code for all. Call with the reader's language in force."""
    who = visit.on_the_day or facts.name
    times = _("arrive %(time)s, leave %(until)s", time=write.time(visit.arrives_at), until=write.time(visit.leaves_at))
    rows = (
        (_("When"), f"{write.day(visit.arrives_at)} · {times}"),
        (_("How many"), _people([timetable.group for timetable in visit.timetables])),
        (_("Reference"), facts.reference),
        (_("On the day"), ", ".join(part for part in (who, visit.mobile) if part)),
    )
    return VisitPaper(
        lang=write.lang,
        title=_("School visit"),
        centre=centre.name,
        seller=seller_lines(centre),
        reference=facts.reference,
        code=facts.code,
        school=visit.school.name,
        facts=tuple((name, value) for name, value in rows if value),
        notes=(_("Show the code at the entrance, on paper or on your phone."),),
        way=way_of(centre, write),
        classes=tuple(
            PaperClass(
                name=timetable.group.name,
                people=_people([timetable.group]),
                parts=tuple(
                    (f"{write.time(part.starts_at)}–{write.time(part.ends_at)}", part_named(part, visit, write))
                    for part in timetable.parts
                ),
            )
            for timetable in visit.timetables
        ),
        look=look,
        words={
            "qr": _("QR code for booking"),
            "party": party_words(facts.people),
            "way": _("Find us"),
            "map": _("See it on a map"),
            "plan": _("The plan"),
        },
    )


def _people(groups: list[Group]) -> str:
    pupils, adults = sum(group.pupils for group in groups), sum(group.adults for group in groups)
    counted = [ngettext("%(num)s pupil", "%(num)s pupils", pupils)]
    if adults:
        counted.append(ngettext("%(num)s adult", "%(num)s adults", adults))
    return ", ".join(counted)
