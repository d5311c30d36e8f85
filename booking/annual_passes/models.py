"""Tables of annual passes: the kinds that are sold, the order, and the pass that follows once it is paid for.

What was sold keeps its own words, price and rules in its order: a kind that is changed changes nothing of it.
"""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from booking.kernel.database import Id, Json, Model, Texts, Translated, UTCDateTime, stored

NAMES_SOMEBODY = "names <> '[]'"  # literally as in the partial index


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
    `child_age`.
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
    active: Mapped[bool] = mapped_column(default=True)
    sort: Mapped[int] = mapped_column(default=0)

    __table_args__ = (
        CheckConstraint("price > 0", name="price"),
        CheckConstraint("vat_rate BETWEEN 0 AND 10000", name="vat_rate"),
        CheckConstraint("months BETWEEN 1 AND 60", name="months"),
        CheckConstraint("adults BETWEEN 1 AND 10", name="adults"),
        CheckConstraint("children BETWEEN 0 AND 20", name="children"),
        CheckConstraint("child_age BETWEEN 1 AND 25", name="child_age"),
    )


class PassOrder(Model):
    """A pass that somebody orders with a booking of no people, which pays for it.

    `names` are those that are looked at when it is shown: the person's, a household's adults, or the child's.
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
    lang: Mapped[str] = mapped_column(String(2))
    ordered_at: Mapped[datetime] = mapped_column(UTCDateTime)

    __table_args__ = (
        CheckConstraint("price > 0", name="price"),
        CheckConstraint("children >= 0", name="children"),
        Index(
            "ix_pass_order_named",
            "ordered_at",
            sqlite_where=text(NAMES_SOMEBODY),
            postgresql_where=text(NAMES_SOMEBODY),
        ),
    )


class AnnualPass(Model):
    """A pass that is paid for. Of its code only `code_hash` is kept, and the last signs for people to tell it by.

    There is no code until its letter is written. From then until it has gone the code is kept `sealed`, so that a
    letter that is tried again says the same. `asked` counts how often a code was asked for: each time is one letter,
    and what was there before opens nothing any more. `bounced_at`: no server would take its letter.

    `first_day` is none until the first visit of one whose time begins with that; `last_day` is then the last that it
    could have. `used_on` is when somebody last came in with it.
    """

    __tablename__ = "annual_pass"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    booking_id: Mapped[int] = mapped_column(ForeignKey("booking.id"), unique=True)
    code_hash: Mapped[str | None] = mapped_column(String(64), unique=True)
    last_signs: Mapped[str] = mapped_column(String(4), default="", server_default="")
    sealed: Mapped[str] = mapped_column(String(400), default="", server_default="")
    asked: Mapped[int] = mapped_column(default=1, server_default="1")
    issued_at: Mapped[datetime] = mapped_column(UTCDateTime)
    first_day: Mapped[date | None] = mapped_column(Date)
    last_day: Mapped[date] = mapped_column(Date, index=True)
    used_on: Mapped[date | None] = mapped_column(Date)
    sent_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    bounced_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    blocked_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    withdrawn_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    __table_args__ = (
        CheckConstraint("first_day <= last_day", name="days"),
        CheckConstraint("used_on IS NULL OR first_day IS NOT NULL AND used_on >= first_day", name="used_on"),
        Index("ix_annual_pass_last_signs", "last_signs"),
    )
