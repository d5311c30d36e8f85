"""Tables of discounts: the campaign, its codes, and the orders that have used it.

How often a campaign or a code with a limit was used is a counter that the database refuses to take beyond it; of one
without, orders are counted when somebody asks. A use lives as long as its order does: it is held with the places, sold
with them, and given back when the hold ends or the order is cancelled.
"""

from __future__ import annotations

from datetime import date, datetime, time
from enum import StrEnum

from sqlalchemy import (
    CheckConstraint,
    ColumnElement,
    Date,
    ForeignKey,
    Index,
    ScalarSelect,
    String,
    Time,
    func,
    select,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from booking.kernel.database import Id, Json, Model, Texts, Translated, UTCDateTime, stored

LIVES = "ended_at IS NULL"  # literally as in the partial indexes
HAS_PERSON = "person <> ''"


class DiscountWay(StrEnum):
    """How a campaign lowers a price, in the order in which several do."""

    PRICE = "price"  # a ticket costs so much
    PERCENT = "percent"  # so many hundredths of a percent less
    EACH = "each"  # so much off each ticket
    ORDER = "order"  # so much off the whole order


class Campaign(Model):
    """A discount: how much, on what, when, for how many. `name` is what buyers read.

    Without `asks_code` it is taken off by itself. `amount` is what its way says. Empty `activities` and `ticket_types`
    mean all. Visits are from `visit_from` to `visit_until`, at times from `from_time` and before `until_time`; the sale
    from `sale_from` to `sale_until`, and at least `days_ahead` days before the visit. `most_tickets` are those of one
    order, `most_each` the orders of one person. `used` counts while there are `most_uses`; see uses.py.
    """

    __tablename__ = "campaign"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    name: Mapped[Texts] = mapped_column(Translated)
    way: Mapped[DiscountWay] = mapped_column(stored(DiscountWay))
    amount: Mapped[int]
    asks_code: Mapped[bool] = mapped_column(default=True, server_default=text("true"))
    stacks: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    activities: Mapped[list[int]] = mapped_column(Json, default=list, server_default="[]")
    ticket_types: Mapped[list[int]] = mapped_column(Json, default=list, server_default="[]")
    channels: Mapped[list[str]] = mapped_column(Json, default=list, server_default="[]")
    visit_from: Mapped[date | None] = mapped_column(Date)
    visit_until: Mapped[date | None] = mapped_column(Date)
    weekdays: Mapped[int] = mapped_column(default=127, server_default="127")
    from_time: Mapped[time | None] = mapped_column(Time)
    until_time: Mapped[time | None] = mapped_column(Time)
    sale_from: Mapped[date | None] = mapped_column(Date)
    sale_until: Mapped[date | None] = mapped_column(Date)
    days_ahead: Mapped[int] = mapped_column(default=0, server_default="0")
    most_uses: Mapped[int | None]
    most_tickets: Mapped[int | None]
    most_each: Mapped[int | None]
    used: Mapped[int] = mapped_column(default=0, server_default="0")
    stopped_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    __table_args__ = (
        CheckConstraint("amount >= 0", name="amount"),
        CheckConstraint("used >= 0 AND (most_uses IS NULL OR used <= most_uses)", name="used"),
    )


class DiscountCode(Model):
    """A code of a campaign. `code` is as it is printed, `key` as it is looked for; see codes.py.

    A single one has `most_uses` 1; one that everybody has is bounded by its campaign alone. Codes are no secrets of
    money: they stand in letters and on posters, and staff export them again, so that they are kept in clear.
    """

    __tablename__ = "discount_code"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"))  # found by the index of the list
    code: Mapped[str] = mapped_column(String(24))
    key: Mapped[str] = mapped_column(String(15), unique=True)
    most_uses: Mapped[int | None]
    used: Mapped[int] = mapped_column(default=0, server_default="0")

    __table_args__ = (
        CheckConstraint("used >= 0 AND (most_uses IS NULL OR used <= most_uses)", name="used"),
        Index("ix_discount_code_campaign", "campaign_id", "id"),
    )


class DiscountUse(Model):
    """That an order has used a campaign, by which code, and what that took off it in all. Lives until `ended_at`.

    `person` is a mark of who ordered, where the campaign is for so many orders of one person, `most_each`.
    """

    __tablename__ = "discount_use"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"))  # found by the index of those that live
    code_id: Mapped[int | None] = mapped_column(ForeignKey("discount_code.id"))
    booking_id: Mapped[int] = mapped_column(ForeignKey("booking.id", ondelete="CASCADE"))
    amount: Mapped[int]
    most_each: Mapped[int | None]
    person: Mapped[str] = mapped_column(String(32), default="", server_default="")
    used_at: Mapped[datetime] = mapped_column(UTCDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    __table_args__ = (
        CheckConstraint("amount > 0", name="amount"),
        Index("ix_discount_use_booking_id", "booking_id"),
        Index("ix_discount_use_campaign_id", "campaign_id", "used_at"),
        Index(
            "uq_discount_use_once", "booking_id", "campaign_id", unique=True, sqlite_where=text(LIVES),
            postgresql_where=text(LIVES),
        ),
        Index(
            "ix_discount_use_code_id", "code_id", sqlite_where=text("code_id IS NOT NULL"),
            postgresql_where=text("code_id IS NOT NULL"),
        ),
        Index(
            "ix_discount_use_person", "person", "campaign_id", sqlite_where=text(HAS_PERSON),
            postgresql_where=text(HAS_PERSON),
        ),
    )  # fmt: skip


def living_uses(*of: ColumnElement[bool]) -> ScalarSelect[int]:
    """How many orders have these uses, as a part of a statement."""
    living = (*of, DiscountUse.ended_at.is_(None))
    return select(func.count()).select_from(DiscountUse).where(*living).scalar_subquery()
