"""What teachers of the demo centre wait for and what they have said: a line, and feedback of the last year."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from random import Random

from sqlalchemy import insert, select

from booking.capacity.models import Slot
from booking.catalogue.models import Activity
from booking.centre.facts import the_centre
from booking.demo.school.values import DemoLine
from booking.feedback.models import Feedback
from booking.kernel import clock
from booking.kernel.database import db, unit_of_work
from booking.programmes.models import Programme
from booking.visit_waiting.waiting import Days, wait, wait_for_days

TUESDAY, THURSDAY = 0b0000010, 0b0001000


def write_what_teachers_said(opinions: Sequence[tuple[int, str]]) -> None:
    """Feedback on most programmes, with a fixed seed."""
    rows, chance = [], Random(7)  # noqa: S311  (a demo, no secret)
    now = clock.now()
    today = now.astimezone(the_centre().zone).date()
    programmes = db.session.scalars(select(Programme.activity_id).order_by(Programme.activity_id)).all()
    for activity_id in programmes:
        for _n in range(chance.randrange(0, 15)):
            stars, words = chance.choice(opinions)
            came_on = today - timedelta(days=chance.randrange(3, 300))
            rows.append((came_on, activity_id, stars, words))
    values = [
        {"activity_id": activity_id, "came_on": came_on, "stars": stars, "words": words, "answered_at": now}
        for came_on, activity_id, stars, words in sorted(rows)
    ]
    if values:
        with unit_of_work():
            db.session.execute(insert(Feedback), values)


def stand_in_line(lines: Sequence[DemoLine]) -> None:
    """Classes that wait: for a session that is taken, or for any Tuesday or Thursday."""
    now, centre = clock.now(), the_centre()
    today = centre.local(now).date()
    days = Days(TUESDAY | THURSDAY, today + timedelta(days=7), today + timedelta(days=60))
    for line in lines:
        activity_id = db.session.scalars(select(Activity.id).where(Activity.slug == line.slug)).one()
        slot_id = None if line.any_day else _taken(activity_id, now)
        for people, email, lang in line.waiting:
            with unit_of_work():
                if line.any_day:
                    wait_for_days(activity_id, days, people, email, lang, centre, now)
                elif slot_id is not None:
                    wait(slot_id, people, email, lang, centre, now)


def _taken(activity_id: int, now: datetime) -> int | None:
    """The next session that a class has."""
    query = select(Slot.id).where(
        Slot.activity_id == activity_id, Slot.starts_at > now + timedelta(days=2), Slot.taken > 0
    )
    return db.session.scalar(query.order_by(Slot.starts_at).limit(1))
