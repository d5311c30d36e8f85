"""The table of promises."""

from __future__ import annotations

from datetime import datetime
from enum import IntEnum, StrEnum
from typing import Any

from sqlalchemy import BigInteger, Index, SmallInteger, String, text
from sqlalchemy.orm import Mapped, mapped_column

from booking.kernel.database import Id, Json, Model, RequestId, UTCDateTime, stored


class PromiseState(StrEnum):
    """Where a promise stands.

    DEAD is one that failed for good, HELD_BACK a letter to somebody who gets too many of its kind: staff see both and
    can try again.
    """

    WAITING = "waiting"
    DONE = "done"
    DEAD = "dead"
    HELD_BACK = "held_back"


class Rank(IntEnum):
    """Whom a promise lets go before: kept with it, since the database chooses what is done next."""

    AT_THE_SCREEN = 0  # somebody waits for it now
    TODAY = 1  # it changes somebody's day, or is money
    BULK = 2  # as well tonight


class Promise(Model):
    """One piece of promised work. `key` is unique, so the same promise made twice is one; `about` holds ids only.

    `booking_id` is the booking that it is about, if any, so that a booking's page finds its letters. `request_id` is
    the request that it comes from, also by way of other promises; "" for what the house does of itself.
    """

    __tablename__ = "outbox"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    kind: Mapped[str] = mapped_column(String(60))
    key: Mapped[str] = mapped_column(String(120), unique=True)
    about: Mapped[dict[str, Any]] = mapped_column(Json)
    state: Mapped[PromiseState] = mapped_column(stored(PromiseState), default=PromiseState.WAITING)
    rank: Mapped[int] = mapped_column(SmallInteger, default=Rank.TODAY, server_default="1")
    attempts: Mapped[int] = mapped_column(default=0, server_default="0")
    made_at: Mapped[datetime] = mapped_column(UTCDateTime)
    due_at: Mapped[datetime] = mapped_column(UTCDateTime)
    leased_by: Mapped[str] = mapped_column(String(40), default="", server_default="")
    done_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    last_error: Mapped[str] = mapped_column(String(500), default="", server_default="")
    booking_id: Mapped[int | None] = mapped_column(BigInteger)
    request_id: Mapped[str] = mapped_column(RequestId, default="", server_default="")

    __table_args__ = (
        Index(
            "ix_outbox_due",
            "due_at",
            sqlite_where=text("state = 'waiting'"),
            postgresql_where=text("state = 'waiting'"),
        ),
        Index(
            "ix_outbox_turn",
            "rank",
            "due_at",
            sqlite_where=text("state = 'waiting'"),
            postgresql_where=text("state = 'waiting'"),
        ),
        Index("ix_outbox_state", "state", "made_at"),
        Index("ix_outbox_kind", "kind", "id"),
        Index(
            "ix_outbox_failed",
            "made_at",
            sqlite_where=text("last_error <> ''"),
            postgresql_where=text("last_error <> ''"),
        ),
        Index(
            "ix_outbox_booking",
            "booking_id",
            sqlite_where=text("booking_id IS NOT NULL"),
            postgresql_where=text("booking_id IS NOT NULL"),
        ),
        Index(
            "ix_outbox_request",
            "request_id",
            sqlite_where=text("request_id <> ''"),
            postgresql_where=text("request_id <> ''"),
        ),
    )


class Heartbeat(Model):
    """When a worker was last seen at work, and how far its machine's clock was ahead of the database's."""

    __tablename__ = "heartbeat"

    worker: Mapped[str] = mapped_column(String(40), primary_key=True)
    beat_at: Mapped[datetime] = mapped_column(UTCDateTime)
    skew_ms: Mapped[int | None]
