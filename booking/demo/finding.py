"""What teachers of the demo centre wait for and what they have said: a line, and feedback of the last year."""

from __future__ import annotations

from datetime import timedelta
from random import Random

from sqlalchemy import insert, select

from booking.capacity.models import Slot
from booking.catalogue.models import Activity
from booking.centre.facts import the_centre
from booking.feedback.models import Feedback
from booking.kernel import clock
from booking.kernel.database import db, unit_of_work
from booking.programmes.models import Programme
from booking.visit_waiting.waiting import Days, wait, wait_for_days

TUESDAY, THURSDAY = 0b0000010, 0b0001000
SAID = (
    (5, "Elevene snakket om det hele veien hjem. Formidleren traff nivået veldig godt."),
    (5, ""),
    (4, "Fint opplegg, men vi kunne trengt ti minutter til på slutten."),
    (5, "Takk for et gjennomtenkt ark til etterarbeidet."),
    (4, ""),
    (3, "Litt mye venting ved utstyret, ellers bra."),
    (5, "Best i fjor også. Vi kommer igjen."),
    (2, "For vanskelig for de yngste i gruppa."),
    (4, "God stemning, trygge voksne, tydelige beskjeder."),
    (5, ""),
)


def write_what_teachers_said() -> None:
    """Feedback on most programmes, with a fixed seed; nothing where there are no programmes."""
    rows, chance = [], Random(7)  # noqa: S311  (a demo, no secret)
    now = clock.now()
    today = now.astimezone(the_centre().zone).date()
    programmes = db.session.scalars(select(Programme.activity_id).order_by(Programme.activity_id)).all()
    for activity_id in programmes:
        for _n in range(chance.randrange(0, 15)):
            stars, words = chance.choice(SAID)
            came_on = today - timedelta(days=chance.randrange(3, 300))
            rows.append((came_on, activity_id, stars, words))
    values = [
        {"activity_id": activity_id, "came_on": came_on, "stars": stars, "words": words, "answered_at": now}
        for came_on, activity_id, stars, words in sorted(rows)
    ]
    if values:
        with unit_of_work():
            db.session.execute(insert(Feedback), values)


def stand_in_line() -> None:
    """Two classes that wait for the next session of bridges that is taken, one for any Tuesday or Thursday."""
    now, centre = clock.now(), the_centre()
    bridges = select(Activity.id).where(Activity.slug == "bruer").scalar_subquery()
    taken = db.session.scalar(
        select(Slot.id)
        .where(Slot.activity_id == bridges, Slot.starts_at > now + timedelta(days=2), Slot.taken > 0)
        .order_by(Slot.starts_at)
        .limit(1)
    )
    if taken is None:
        return
    with unit_of_work():
        wait(taken, 24, "ola@example.org", "nb", centre, now)
        wait(taken, 28, "ada@example.org", "nn", centre, now)
    robots = db.session.scalar(select(Activity.id).where(Activity.slug == "roboten"))
    today = centre.local(now).date()
    days = Days(TUESDAY | THURSDAY, today + timedelta(days=7), today + timedelta(days=60))
    if robots is not None:
        with unit_of_work():
            wait_for_days(robots, days, 26, "per@example.org", "nb", centre, now)
