"""The letter to a teacher to whose school we come: when, what to prepare, the address; no ticket."""

from __future__ import annotations

from flask_babel import force_locale
from flask_babel import gettext as _

from booking.bookings.queries import BookingFacts
from booking.centre.wording import LOCALES, Wording
from booking.documents.looks import sight_of
from booking.documents.visit_calendar import away_calendar
from booking.kernel import clock
from booking.kernel.database import end_reading
from booking.mail.letter import Letter, calendar_attachment
from booking.mail.letters.class_work import before_told, brings_files
from booking.mail.writing import Desk, compose
from booking.outreach import read
from booking.outreach.class_work import around_visit
from booking.outreach.read import Away
from booking.visits.change import standing_of
from booking.visits.read import VisitFacts


def away_letter(desk: Desk, facts: BookingFacts, visit: VisitFacts, away: Away, occasion: str) -> Letter:
    """When we come and what must be ready; `occasion` is confirmation, change, week or reminder."""
    parts = around_visit(visit) if brings_files(occasion, visit, desk) else []
    offered = read.with_id(away.activity_id)
    sight = sight_of(desk.centre, facts.lines)
    standing = standing_of(visit, facts.total, desk.centre, clock.now())
    end_reading()
    with force_locale(LOCALES[facts.lang]):
        write = Wording.of(facts.lang, desk.centre)
        title = write.words(away.title)
        address = desk.link(facts.lang, f"outreach/{facts.secret}")
        subjects = {
            "change": _("Changed: we come to you with %(programme)s", programme=title),
            "week": _("In a week we come to you with %(programme)s", programme=title),
            "reminder": _("Tomorrow we come to you with %(programme)s", programme=title),
        }
        calendar = away_calendar(facts, away, desk.centre, write, address)
        return compose(
            desk,
            facts.email,
            subjects.get(occasion, _("We come to you with %(programme)s", programme=title)),
            "outreach",
            write,
            attachments=(calendar_attachment(facts.reference, calendar),),
            sight=sight,
            facts=facts,
            visit=visit,
            away=away,
            offered=offered,
            address=address,
            there=standing,
            materials=[material for part in before_told(parts, desk, write) for material in part.materials],
        )
