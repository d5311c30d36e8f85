"""Tables of annual passes: the kinds that are sold, the order, the pass that follows once it is paid for, its uses.

What was sold keeps its own words, price and rules in its order: a kind that is changed changes nothing of it.
"""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import BigInteger, CheckConstraint, Date, ForeignKey, Index, String, false, text
from sqlalchemy.orm import Mapped, mapped_column

from booking.kernel.database import Id, Json, Model, Texts, Translated, UTCDateTime, stored

# Literally as in the partial indexes.
NAMES_SOMEBODY = "names <> '[]' OR recipient_email <> '' OR giver <> '' OR greeting <> ''"
LIVES = "ended_at IS NULL"
IS_OPEN = "ended_at IS NULL AND settled_at IS NULL"
HAD_ANOTHER_CODE = "former_code <> ''"
WANTS_SOMEBODY = "bounced_at IS NOT NULL"
TO_TELL = "told_at IS NULL AND blocked_at IS NULL AND withdrawn_at IS NULL"


class PassFor(StrEnum):
    """Whom a pass is for."""

    PERSON = "person"
    HOUSEHOLD = "household"  # adults by name, children by their number
    CHILD_AND_ONE = "child_and_one"  # a child by name, and whoever comes with it


class PassBegins(StrEnum):
    """When the time of a pass begins."""

    PURCHASE = "purchase"
    FIRST_VISIT = "first_visit"  # within a year


class PassKind(Model):
    """A kind of annual pass as it is sold from now on; minor units, VAT in hundredths of a percent.

    `adults` and `children` are the most that a household's may be for; a child is one until it is older than
    `child_age`. `most_open` are the bookings to come that one may have at once; after `no_shows` of them that nobody
    came to (0: never) none is taken for `no_show_days`.
    """

    __tablename__ = "pass_kind"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    title: Mapped[Texts] = mapped_column(Translated)
    note: Mapped[Texts] = mapped_column(Translated, default=dict)
    whom: Mapped[PassFor] = mapped_column(stored(PassFor))
    price: Mapped[int]
    vat_rate: Mapped[int]
    months: Mapped[int] = mapped_column(default=12)
    begins: Mapped[PassBegins] = mapped_column(stored(PassBegins))
    adults: Mapped[int] = mapped_column(default=2)
    children: Mapped[int] = mapped_column(default=0)
    child_age: Mapped[int] = mapped_column(default=15)
    most_open: Mapped[int] = mapped_column(default=3)
    no_shows: Mapped[int] = mapped_column(default=0)
    no_show_days: Mapped[int] = mapped_column(default=14)
    active: Mapped[bool] = mapped_column(default=True)
    sort: Mapped[int] = mapped_column(default=0)

    __table_args__ = (
        CheckConstraint("price > 0", name="price"),
        CheckConstraint("vat_rate BETWEEN 0 AND 10000", name="vat_rate"),
        CheckConstraint("months BETWEEN 1 AND 60", name="months"),
        CheckConstraint("adults BETWEEN 1 AND 10", name="adults"),
        CheckConstraint("children BETWEEN 0 AND 20", name="children"),
        CheckConstraint("child_age BETWEEN 1 AND 25", name="child_age"),
        CheckConstraint("most_open BETWEEN 1 AND 50", name="most_open"),
        CheckConstraint("no_shows BETWEEN 0 AND 20", name="no_shows"),
        CheckConstraint("no_show_days BETWEEN 1 AND 365", name="no_show_days"),
    )


class PassOrder(Model):
    """A pass that somebody orders with a booking of no people, which pays for it.

    `names` are those that are looked at when it is shown: the person's, a household's adults, or the child's.
    `recipient_email` is empty where it goes to whoever pays; `giver` and `greeting` are of one that is given.
    `renews_id` is the pass that it goes on from, `upgrades_id` the booking of the same day whose price, `credit`, was
    taken off: each is upgraded once.
    """

    __tablename__ = "pass_order"

    booking_id: Mapped[int] = mapped_column(
        ForeignKey("booking.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    kind_id: Mapped[int] = mapped_column(ForeignKey("pass_kind.id"), index=True)
    title: Mapped[Texts] = mapped_column(Translated)
    whom: Mapped[PassFor] = mapped_column(stored(PassFor))
    price: Mapped[int]
    vat_rate: Mapped[int]
    months: Mapped[int]
    begins: Mapped[PassBegins] = mapped_column(stored(PassBegins))
    names: Mapped[list[str]] = mapped_column(Json, default=list, server_default="[]")
    children: Mapped[int] = mapped_column(default=0)
    child_age: Mapped[int]
    most_open: Mapped[int]
    no_shows: Mapped[int]
    no_show_days: Mapped[int]
    recipient_email: Mapped[str] = mapped_column(String(254), default="", server_default="")
    giver: Mapped[str] = mapped_column(String(80), default="", server_default="")
    greeting: Mapped[str] = mapped_column(String(600), default="", server_default="")
    renews_id: Mapped[int | None] = mapped_column(BigInteger)  # of a pass: those are never taken away
    upgrades_id: Mapped[int | None] = mapped_column(ForeignKey("booking.id", ondelete="SET NULL"), unique=True)
    credit: Mapped[int] = mapped_column(default=0, server_default="0")
    lang: Mapped[str] = mapped_column(String(2))
    ordered_at: Mapped[datetime] = mapped_column(UTCDateTime)

    __table_args__ = (
        CheckConstraint("price > 0", name="price"),
        CheckConstraint("children >= 0", name="children"),
        CheckConstraint("credit >= 0 AND credit < price", name="credit"),
        Index(
            "ix_pass_order_named",
            "ordered_at",
            sqlite_where=text(NAMES_SOMEBODY),
            postgresql_where=text(NAMES_SOMEBODY),
        ),
    )


class BlockReason(StrEnum):
    """Why a pass opens nothing just now."""

    SHARED = "shared"  # somebody else came with it
    LOST = "lost"
    DISPUTED = "disputed"  # the payer's bank has asked for the money back
    OTHER = "other"


class AnnualPass(Model):
    """A pass that is paid for. `code` admits, as a ticket's does; `secret` opens its own page.

    A new code and a new secret take the place of both when it was lost; `former_code` is the last that was replaced, so
    that the door may say so, and `asked` counts how often it was to be sent. `bounced_at`: no server would take it.

    Its time begins on `first_day`, none until the first visit of one whose time begins with that, and then on
    `begins_by` at the latest; `last_day` is the last that it could have. `used_on` is when somebody last came in with
    it. It `admits` so many at once. `open_bookings` are those to come, at most `most_open`; `missed` those that nobody
    came to since somebody last did, and until `waits_until` it takes no more.
    """

    __tablename__ = "annual_pass"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    booking_id: Mapped[int] = mapped_column(ForeignKey("booking.id"), unique=True)
    code: Mapped[str] = mapped_column(String(26), unique=True)
    secret: Mapped[str] = mapped_column(String(26), unique=True)
    former_code: Mapped[str] = mapped_column(String(26), default="", server_default="")
    asked: Mapped[int] = mapped_column(default=1, server_default="1")
    issued_at: Mapped[datetime] = mapped_column(UTCDateTime)
    first_day: Mapped[date | None] = mapped_column(Date)
    begins_by: Mapped[date] = mapped_column(Date)
    last_day: Mapped[date] = mapped_column(Date, index=True)
    used_on: Mapped[date | None] = mapped_column(Date)
    admits: Mapped[int]
    most_open: Mapped[int]
    open_bookings: Mapped[int] = mapped_column(default=0, server_default="0")
    missed: Mapped[int] = mapped_column(default=0, server_default="0")
    waits_until: Mapped[date | None] = mapped_column(Date)
    sent_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    bounced_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    blocked_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    block_reason: Mapped[BlockReason | None] = mapped_column(stored(BlockReason))
    withdrawn_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    told_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    __table_args__ = (
        CheckConstraint("begins_by <= last_day AND (first_day IS NULL OR first_day <= last_day)", name="days"),
        CheckConstraint("used_on IS NULL OR first_day IS NOT NULL AND used_on >= first_day", name="used_on"),
        CheckConstraint("admits >= 1", name="admits"),
        CheckConstraint("open_bookings >= 0 AND open_bookings <= most_open", name="open_bookings"),
        CheckConstraint("missed >= 0", name="missed"),
        CheckConstraint("(blocked_at IS NULL) = (block_reason IS NULL)", name="block_reason"),
        Index(
            "ix_annual_pass_former_code", "former_code", sqlite_where=text(HAD_ANOTHER_CODE),
            postgresql_where=text(HAD_ANOTHER_CODE),
        ),
        Index("ix_annual_pass_wants", "id", sqlite_where=text(WANTS_SOMEBODY), postgresql_where=text(WANTS_SOMEBODY)),
        Index("ix_annual_pass_to_tell", "last_day", sqlite_where=text(TO_TELL), postgresql_where=text(TO_TELL)),
    )  # fmt: skip


class PassUse(Model):
    """That a booking has places on a pass, on a day: each day a pass has one at most.

    It lives until its booking does not, and is open until its day is settled: whether anybody `came`. One that was let
    in at the desk at once is settled from the beginning.
    """

    __tablename__ = "pass_use"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    pass_id: Mapped[int] = mapped_column(ForeignKey("annual_pass.id"))
    booking_id: Mapped[int] = mapped_column(ForeignKey("booking.id", ondelete="CASCADE"), index=True)
    on_day: Mapped[date] = mapped_column(Date)
    heads: Mapped[int]
    used_at: Mapped[datetime] = mapped_column(UTCDateTime)
    came: Mapped[bool] = mapped_column(default=False, server_default=false())
    settled_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    __table_args__ = (
        CheckConstraint("heads >= 1", name="heads"),
        Index(
            "uq_pass_use_day", "pass_id", "on_day", unique=True, sqlite_where=text(LIVES), postgresql_where=text(LIVES)
        ),
        Index("ix_pass_use_pass_id", "pass_id"),
        Index("ix_pass_use_open", "on_day", sqlite_where=text(IS_OPEN), postgresql_where=text(IS_OPEN)),
    )
