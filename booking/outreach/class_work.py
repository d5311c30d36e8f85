"""What there is for a class around its visit, wherever it is held: in the house, or where we come to the school."""

from __future__ import annotations

from sqlalchemy import select

from booking.catalogue.models import Activity
from booking.feedback.feedback import programmes_of
from booking.kernel.database import run
from booking.materials.read import ForTheClass, materials_of
from booking.outreach.models import Outreach
from booking.outreach.rules import OfferedOutreach
from booking.programmes.models import Programme
from booking.visits.read import VisitFacts


def around_visit(visit: VisitFacts) -> list[ForTheClass]:
    """What there is around each programme of the visit, in order of time; two statements at most."""
    activity_ids = programmes_of(visit)
    if not activity_ids:
        return []
    materials = materials_of(activity_ids)
    rows = run(
        select(Activity.id, Programme.before, Programme.brings, Programme.after, Outreach.before)
        .outerjoin(Programme, Programme.activity_id == Activity.id)
        .outerjoin(Outreach, Outreach.activity_id == Activity.id)
        .where(Activity.id.in_(sorted(activity_ids)))
    )
    texts = {
        activity_id: (there or before or {}, brings or {}, after or {})
        for activity_id, before, brings, after, there in rows
    }
    return [
        ForTheClass(
            activity_id,
            visit.titles[activity_id],
            *texts[activity_id],
            tuple(material for material in materials if material.activity_id == activity_id),
        )
        for activity_id in activity_ids
    ]


def around_offered(offered: OfferedOutreach) -> ForTheClass:
    """The same of a programme that we come with, before it is booked; one statement."""
    materials = tuple(materials_of([offered.activity_id]))
    return ForTheClass(offered.activity_id, offered.title, offered.before, {}, {}, materials)
