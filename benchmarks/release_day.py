"""What a release day costs: three hundred teachers with prepared wishes, and all press as it opens."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select

from benchmarks.client import Refused
from benchmarks.server import Running
from booking.capacity.models import Slot
from booking.kernel import clock
from booking.kernel.database import db, unit_of_work
from booking.programmes.models import Programme
from booking.releases import edits
from booking.releases.edits import ReleaseWanted
from booking.releases.models import ReleaseWay
from tests.support.rush import many_wishes, open_in, open_pages, percentile, press_together, wait_for_answers

TEACHERS = 300


@dataclass(frozen=True, slots=True)
class Measured:
    """In seconds: until 50 and 95 in a hundred had their number, and until everybody had their answer."""

    half: float
    p95: float
    answered: float


def release_day(server: Running) -> Measured:
    """Let the demo's programmes open at once; call inside an app's context."""
    now = clock.now()
    ids = tuple(db.session.scalars(select(Programme.activity_id).order_by(Programme.activity_id)))
    from_at, to_at = now + timedelta(days=30), now + timedelta(days=75)  # before the demo's own release days
    wanted = ReleaseWanted(
        ReleaseWay.FIRST_COME,
        ids,
        from_at,
        to_at,
        now,
        now + timedelta(days=1),
        None,
        0,
        None,
        now - timedelta(days=365),
    )
    with unit_of_work():
        release_id = edits.write(None, wanted, "worker")
    with unit_of_work():
        edits.publish(release_id, now, "worker")
    free = select(Slot.id).where(
        Slot.activity_id.in_(ids), Slot.starts_at >= from_at, Slot.starts_at < to_at, Slot.taken == 0
    )
    secrets = many_wishes(release_id, list(db.session.scalars(free)), TEACHERS)
    teachers = open_pages(server.port, secrets)
    pressed = press_together(teachers, open_in(release_id, 0.5))
    if len(pressed) < TEACHERS or any(press.status != 200 for press in pressed):
        raise Refused("somebody was not let into the line")
    answered = wait_for_answers(release_id, 300)
    return Measured(percentile(pressed, 50), percentile(pressed, 95), answered)
