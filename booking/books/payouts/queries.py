"""What the page of payouts lists: those that were entered, and which of them may be the same money."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from sqlalchemy import Select, func, select

from booking.books.models import Payout, PayoutRow
from booking.books.sources.takings import CAME
from booking.centre.facts import CentreFacts
from booking.kernel.database import run
from booking.payments.models import GIFT_CARD, TILL, Payment
from booking.payments.provider import PayWay

MOST_LISTED = 100
MOST_EARLY = 10
LOOKS_BACK = timedelta(days=400)  # where nothing was paid online yet
NEAR = timedelta(days=5)  # a bank's day may be another than the provider's


@dataclass(frozen=True, slots=True)
class PayoutFacts:
    """A payout that was entered, in minor units, with how many rows it has; `reason` why it was taken back.

    `maybe` is the name of another of the same sum and about the same day, when one of the two has no rows.
    """

    payout_id: int
    ref: str
    on: date
    amount: int
    charges: int
    rows: int
    is_taken_back: bool
    reason: str
    way: PayWay
    maybe: str = ""


def payouts_entered() -> list[PayoutFacts]:
    """The last ones, the newest first."""
    query = _facts().order_by(Payout.on_day.desc(), Payout.id.desc()).limit(MOST_LISTED)
    entered = [PayoutFacts(*row) for row in run(query)]
    return [replace(payout, maybe=_maybe(payout, entered)) for payout in entered]


def payout_that_counts(payout_id: int) -> PayoutFacts | None:
    """One of them, unless it was taken back."""
    row = run(_facts().where(Payout.id == payout_id, Payout.taken_back_at.is_(None))).first()
    return None if row is None else PayoutFacts(*row)


def first_payout_day(centre: CentreFacts, now: datetime) -> date:
    """The first day that a payout can be of: nothing is paid out before something was paid online."""
    came = select(func.min(Payment.paid_at)).where(Payment.state.in_(CAME), Payment.provider.not_in((TILL, GIFT_CARD)))
    first = run(came).scalar()
    return centre.local(first or now - LOOKS_BACK).date()


def payouts_too_early(centre: CentreFacts, now: datetime) -> list[PayoutFacts]:
    """Payouts that count and are of a day before the first that can be: the books begin with them."""
    too_early = Payout.on_day < first_payout_day(centre, now), Payout.taken_back_at.is_(None)
    return [PayoutFacts(*row) for row in run(_facts().where(*too_early).order_by(Payout.on_day).limit(MOST_EARLY))]


def _facts() -> Select[int, str, date, int, int, int, bool, str, PayWay]:
    return (
        select(
            Payout.id, Payout.ref, Payout.on_day, Payout.amount, Payout.charges, func.count(PayoutRow.id),
            Payout.taken_back_at.is_not(None), Payout.reason, Payout.way,
        )
        .outerjoin(PayoutRow, PayoutRow.payout_id == Payout.id)
        .group_by(
            Payout.id, Payout.ref, Payout.on_day, Payout.amount, Payout.charges, Payout.taken_back_at, Payout.reason,
            Payout.way,
        )
    )  # fmt: skip


def _maybe(payout: PayoutFacts, entered: Iterable[PayoutFacts]) -> str:
    if payout.is_taken_back or payout.rows:
        return ""
    alike = (
        other.ref
        for other in entered
        if other.payout_id != payout.payout_id and not other.is_taken_back
        and other.way == payout.way and other.amount == payout.amount and abs(other.on - payout.on) <= NEAR
    )  # fmt: skip
    return next(alike, "")
