"""Tables of release days: what opens and when, the wishes for it, the queue, and who has had how much of it."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from booking.kernel.database import Id, Json, Model, UTCDateTime, stored


class ReleaseWay(StrEnum):
    """How the places are given out."""

    FIRST_COME = "first_come"
    DRAWING = "drawing"


class Stage(StrEnum):
    """Whether a release is told to anybody. Published, its rules stand; withdrawn, its dates are as any other."""

    DRAFT = "draft"
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"


class WishState(StrEnum):
    """Where a prepared wish stands; the last five are answers."""

    PREPARED = "prepared"
    SENT = "sent"  # has its turn and waits for the answer
    DEFERRED = "deferred"  # of a drawing: its turn came, but what was left is kept until all others have had theirs
    GRANTED = "granted"
    FULL = "full"
    SHARE_USED = "share_used"
    KEPT = "kept"  # what was left is kept for schools that have not come lately
    UNABLE = "unable"  # could not be booked by itself: a person has to look


IN_LINE = (WishState.SENT, WishState.DEFERRED)


class Release(Model):
    """Some programmes' sessions that start in [from_at, to_at) and cannot be booked before `opens_at`.

    `places` is how many there were at publication, `open_places` how many of them schools that have come since
    `lately_since` may have while the rule holds, `lately_taken` what they have. `answered` is the last turn answered.
    The `seed` of a drawing is told when it is over; its SHA-256 from publication on.
    """

    __tablename__ = "release"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    stage: Mapped[Stage] = mapped_column(stored(Stage), default=Stage.DRAFT)
    way: Mapped[ReleaseWay] = mapped_column(stored(ReleaseWay))
    from_at: Mapped[datetime] = mapped_column(UTCDateTime)
    to_at: Mapped[datetime] = mapped_column(UTCDateTime)
    prepare_from: Mapped[datetime] = mapped_column(UTCDateTime)
    opens_at: Mapped[datetime] = mapped_column(UTCDateTime)
    until: Mapped[datetime | None] = mapped_column(UTCDateTime)
    kept_percent: Mapped[int] = mapped_column(default=0)
    most_per_school: Mapped[int | None]
    lately_since: Mapped[datetime] = mapped_column(UTCDateTime)
    places: Mapped[int] = mapped_column(default=0, server_default="0")
    open_places: Mapped[int] = mapped_column(default=0, server_default="0")
    lately_taken: Mapped[int] = mapped_column(default=0, server_default="0")
    answered: Mapped[int] = mapped_column(default=0, server_default="0")
    seed: Mapped[str] = mapped_column(String(26), default="", server_default="")
    published_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    drawn_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    work_id: Mapped[int | None] = mapped_column(ForeignKey("long_work.id"))

    __table_args__ = (
        CheckConstraint("from_at < to_at", name="begins_before_it_ends"),
        CheckConstraint("prepare_from <= opens_at", name="prepared_before_it_opens"),
        CheckConstraint("until IS NULL OR until > opens_at", name="rule_ends_after_it_opens"),
        CheckConstraint("kept_percent BETWEEN 0 AND 100", name="kept_percent"),
        CheckConstraint("most_per_school IS NULL OR most_per_school > 0", name="most_per_school"),
        CheckConstraint("lately_taken >= 0 AND lately_taken <= open_places", name="kept_is_kept"),
        CheckConstraint("open_places >= 0 AND open_places <= places", name="open_within_places"),
    )


class ReleaseProgramme(Model):
    """That a programme's sessions are part of a release."""

    __tablename__ = "release_programme"

    release_id: Mapped[int] = mapped_column(ForeignKey("release.id", ondelete="CASCADE"), primary_key=True)
    activity_id: Mapped[int] = mapped_column(ForeignKey("activity.id"), primary_key=True, index=True)


class ReleaseQueue(Model):
    """How many turns have been given out: a row of its own, so that who comes never waits for who is answered."""

    __tablename__ = "release_queue"

    release_id: Mapped[int] = mapped_column(ForeignKey("release.id", ondelete="CASCADE"), primary_key=True)
    turns: Mapped[int] = mapped_column(default=0, server_default="0")

    __table_args__ = (CheckConstraint("turns >= 0", name="turns"),)


class ReleaseShare(Model):
    """How many visits one school has of a release while its rule holds."""

    __tablename__ = "release_share"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    key: Mapped[str] = mapped_column(String(40), unique=True)  # "<release>:<school>"
    release_id: Mapped[int] = mapped_column(ForeignKey("release.id", ondelete="CASCADE"), index=True)
    school_id: Mapped[int] = mapped_column(ForeignKey("school.id"))
    most: Mapped[int]
    visits: Mapped[int] = mapped_column(default=0, server_default="0")

    __table_args__ = (CheckConstraint("visits >= 0 AND visits <= most", name="visits_within"),)


class ReleaseTake(Model):
    """What a living visit counts for in a release, so that it can be given back. The row goes when it is."""

    __tablename__ = "release_take"

    booking_id: Mapped[int] = mapped_column(ForeignKey("booking.id", ondelete="CASCADE"), primary_key=True)
    release_id: Mapped[int] = mapped_column(ForeignKey("release.id", ondelete="CASCADE"), primary_key=True)
    share_key: Mapped[str] = mapped_column(String(40), default="", server_default="")  # "": no share is counted
    lately: Mapped[int] = mapped_column(default=0, server_default="0")  # places of what is open to all

    __table_args__ = (CheckConstraint("lately >= 0", name="lately"),)


class ReleaseWish(Model):
    """What a school wants when it opens: all that a booking needs, and one to three plans, the dearest first.

    `groups_key` keeps one school from wishing twice for the same classes. The `reference` is public and says nothing.
    """

    __tablename__ = "release_wish"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    release_id: Mapped[int] = mapped_column(ForeignKey("release.id"))
    school_id: Mapped[int] = mapped_column(ForeignKey("school.id"), index=True)
    groups_key: Mapped[str] = mapped_column(String(64))
    secret: Mapped[str] = mapped_column(String(26), unique=True)
    reference: Mapped[str] = mapped_column(String(8), unique=True)
    lang: Mapped[str] = mapped_column(String(2))
    name: Mapped[str] = mapped_column(String(120))
    email: Mapped[str] = mapped_column(String(254))
    mobile: Mapped[str] = mapped_column(String(40), default="", server_default="")
    on_the_day: Mapped[str] = mapped_column(String(120), default="", server_default="")
    needs: Mapped[str] = mapped_column(String(400), default="", server_default="")
    code: Mapped[str] = mapped_column(String(40), default="", server_default="")
    order_number: Mapped[str] = mapped_column(String(60), default="", server_default="")
    invoice_reference: Mapped[str] = mapped_column(String(60), default="", server_default="")
    options: Mapped[list[dict[str, Any]]] = mapped_column(Json)
    prepared_at: Mapped[datetime] = mapped_column(UTCDateTime)
    version: Mapped[int] = mapped_column(default=1, server_default="1")
    state: Mapped[WishState] = mapped_column(stored(WishState), default=WishState.PREPARED)
    came_lately: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    turn: Mapped[int | None]
    sent_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    answered_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    option: Mapped[int | None]
    booking_id: Mapped[int | None] = mapped_column(ForeignKey("booking.id", ondelete="SET NULL"), index=True)

    __table_args__ = (
        UniqueConstraint("release_id", "school_id", "groups_key"),
        UniqueConstraint("release_id", "turn"),
        Index("ix_release_wish_line", "release_id", "state", "turn"),
        Index(
            "ix_release_wish_personal",
            "prepared_at",
            sqlite_where=text("email <> ''"),
            postgresql_where=text("email <> ''"),
        ),
        CheckConstraint("(turn IS NULL) = (state = 'prepared')", name="turn_when_sent"),
        CheckConstraint("(state = 'granted') = (option IS NOT NULL)", name="option_when_granted"),
    )
