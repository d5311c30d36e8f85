"""The table of withdrawals: who declared what when, and what it came to."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from booking.kernel.database import Id, Model, UTCDateTime, stored

HAS_NAME = "name <> '' OR email <> ''"  # literally as in the partial index


class WithdrawalProduct(StrEnum):
    """What somebody may withdraw from; one entry of products.PRODUCTS each."""

    GIFT_CARD = "gift_card"
    ANNUAL_PASS = "annual_pass"  # noqa: S105


class Withdrawal(Model):
    """One declaration: of each purchase at most one. Sums are in minor units of its booking's currency.

    `price` is what was bought for, `back` what goes back so far, `used` what stays since it was used, and `in_baskets`
    what was in somebody's basket at that moment: it goes back too unless it is paid with. `until` is the last day of
    the period, `pay_by` the last day to pay back.
    """

    __tablename__ = "withdrawal"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    booking_id: Mapped[int] = mapped_column(ForeignKey("booking.id"), unique=True)
    product: Mapped[WithdrawalProduct] = mapped_column(stored(WithdrawalProduct, check=False))
    declared_at: Mapped[datetime] = mapped_column(UTCDateTime)
    until: Mapped[date] = mapped_column(Date)
    pay_by: Mapped[date] = mapped_column(Date)
    name: Mapped[str] = mapped_column(String(120), default="", server_default="")
    email: Mapped[str] = mapped_column(String(254), default="", server_default="")
    lang: Mapped[str] = mapped_column(String(2))
    price: Mapped[int]
    back: Mapped[int]
    used: Mapped[int]
    in_baskets: Mapped[int] = mapped_column(default=0, server_default="0")

    __table_args__ = (
        CheckConstraint("back >= 0 AND used >= 0 AND in_baskets >= 0", name="sums"),
        CheckConstraint("back <= price", name="back"),
        Index("ix_withdrawal_declared_at", "declared_at"),
        Index("ix_withdrawal_named", "declared_at", sqlite_where=text(HAS_NAME), postgresql_where=text(HAS_NAME)),
    )
