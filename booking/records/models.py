"""The tables of the log, and of numbers that are given one after the other."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from booking.kernel.database import Id, Json, Model, UTCDateTime


class AuditEntry(Model):
    """Who did what to what. `before` and `after` hold facts, never a secret or a person's address."""

    __tablename__ = "audit_entry"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)
    actor: Mapped[str] = mapped_column(String(60))
    action: Mapped[str] = mapped_column(String(60))
    subject: Mapped[str] = mapped_column(String(60))
    before: Mapped[dict[str, Any] | None] = mapped_column(Json)
    after: Mapped[dict[str, Any] | None] = mapped_column(Json)

    __table_args__ = (
        Index("ix_audit_entry_subject", "subject", "at"),
        Index("ix_audit_entry_actor", "actor", "id"),
        Index("ix_audit_entry_action", "action", "id"),
    )


class NumberSeries(Model):
    """The last number given in a series, moved by one UPDATE with the row it numbers; see series.py.

    The table has the name of the first series that there was, of invoices and credit notes.
    """

    __tablename__ = "invoice_series"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    last: Mapped[int]
