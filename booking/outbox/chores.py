"""That a worker lives is written down, for the health check and the page for operators."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import delete

from booking.kernel import clock
from booking.kernel.chores import Chore, Shift
from booking.kernel.database import db, insert_once, unit_of_work
from booking.outbox.models import Heartbeat

MOST = 2**31 - 1  # milliseconds, 24 days: what the column takes, from a machine whose battery has died too


def _beat(shift: Shift) -> None:
    with unit_of_work():
        db.session.execute(delete(Heartbeat).where(Heartbeat.worker == shift.worker))
        db.session.execute(delete(Heartbeat).where(Heartbeat.beat_at < shift.now - timedelta(days=1)))
        insert_once(Heartbeat, "worker", {"worker": shift.worker, "beat_at": shift.now, "skew_ms": _skew_ms()})


def _skew_ms() -> int | None:
    skew = clock.skew()
    return None if skew is None else max(min(skew // timedelta(milliseconds=1), MOST), -MOST)


HEARTBEAT = Chore("heartbeat", 10, _beat)
