"""The log of what was changed, written in the transaction that changes it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import insert

from booking.kernel import clock
from booking.kernel.database import db
from booking.records.models import AuditEntry

Facts = Mapping[str, Any]


def note(actor: str, action: str, subject: str, before: Facts | None = None, after: Facts | None = None) -> None:
    """Write one entry: note("account:3", "booking.cancel", "booking:17", {"state": "confirmed"}).

    `actor` is "account:<id>", "buyer" or "worker"; facts carry ids and states, never names, addresses or secrets.
    """
    db.session.execute(
        insert(AuditEntry).values(
            at=clock.now(), actor=actor, action=action, subject=subject, before=before, after=after
        )
    )
