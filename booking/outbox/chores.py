"""That a worker lives is written down, for the health check and the page for operators."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import delete

from booking.kernel.chores import Chore, Shift
from booking.kernel.database import db, insert_once, unit_of_work
from booking.outbox.models import Heartbeat


def _beat(shift: Shift) -> None:
    with unit_of_work():
        db.session.execute(delete(Heartbeat).where(Heartbeat.worker == shift.worker))
        db.session.execute(delete(Heartbeat).where(Heartbeat.beat_at < shift.now - timedelta(days=1)))
        insert_once(Heartbeat, "worker", {"worker": shift.worker, "beat_at": shift.now})


HEARTBEAT = Chore("heartbeat", 10, _beat)
