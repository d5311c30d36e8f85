"""Receivables that will not be claimed: let go before they are invoiced, with a reason; for some days taken back.

The rule: what is let go is the claim on a payer for a booking, and not a sum. It stays let go whatever is counted,
decided or given up later, also while nothing is owed, and what it comes to follows; only a person claims it after all.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, String, and_, cast, delete, false, func, insert, literal, select, true, update

from booking.bookings.models import Booking
from booking.bookings.store import lock
from booking.centre.facts import CentreFacts
from booking.courses.models import Enrolment
from booking.courses.owed import owed_now
from booking.invoicing.issue import ReceivableGone
from booking.invoicing.models import ReceivableLetGo
from booking.invoicing.queries import numbers_on
from booking.invoicing.receivables import booking_of, deal_with, open_receivables
from booking.kernel.database import as_values, db, run, unit_of_work
from booking.kernel.refusals import Refusal
from booking.kernel.typed import one_line
from booking.records.audit import note
from booking.visits.models import Visit, VisitDue

LONGEST_REASON = 200
UNDO_DAYS = 30
MOST_LET_GO = 50


class LetGoReasonWrong(Refusal):
    """No reason, or one that is too long."""


class LetGoForGood(Refusal):
    """It is not let go, or has been for too long to be taken back."""


@dataclass(frozen=True, slots=True)
class LetGo:
    """A receivable that will not be claimed; `amount` in minor units."""

    key: str
    booking_id: int
    amount: int
    payer: str
    reason: str
    let_go_at: datetime

    @property
    def undo_until(self) -> datetime:
        """The moment from which on it stays."""
        return self.let_go_at + timedelta(days=UNDO_DAYS)


def let_go(key: str, reason: str, centre: CentreFacts, now: datetime, actor: str) -> int:
    """Claim it no more; returns what it came to. Raises LetGoReasonWrong; ReceivableGone before its day."""
    why = one_line(reason)
    if not 0 < len(why) <= LONGEST_REASON:
        raise LetGoReasonWrong
    with unit_of_work():
        lock(booking_of(key))
        for receivable in open_receivables(centre, now, [key]):
            if not receivable.can_be_let_go:
                break
            values = {
                "key": key, "booking_id": receivable.booking_id, "amount": receivable.gross, "reason": why,
                "let_go_at": now, "payer": receivable.payer.name[:120],
            }  # fmt: skip
            run(insert(ReceivableLetGo), values)
            deal_with([key], now_open=False)
            facts = {"amount": receivable.gross, "reason": why}
            note(actor, "receivable.let_go", f"booking:{receivable.booking_id}", None, facts)
            return receivable.gross
        raise ReceivableGone(key, numbers_on([key]).get(key))


def keep_let_go(booking_id: int, actor: str) -> None:
    """What was let go of a visit stays so when its heads are billed otherwise, and its sum follows; the log says so.

    So it does while nothing is owed. Inside a unit of work that has locked the booking and written its dues anew.
    """
    kept = select(ReceivableLetGo.key, ReceivableLetGo.amount).where(ReceivableLetGo.booking_id == booking_id)
    rows = [(key, amount) for key, amount in run(kept.order_by(ReceivableLetGo.id)) if key.startswith("visit:")]
    for key, before in rows:
        owed = (
            select(func.coalesce(func.sum(VisitDue.amount), 0))
            .join(Visit, Visit.id == VisitDue.visit_id)
            .where(Visit.booking_id == booking_id, func.coalesce(VisitDue.paid_by, 0) == int(key.split(":")[2]))
        )
        _follow(key, booking_id, before, int(db.session.scalar(owed) or 0), actor)


def follow_what_is_owed(actor: str) -> None:
    """Let what was let go come to what is owed since: of visits that were changed, of places given up. Twice is once.

    Not inside a unit of work.
    """
    changed = (
        select(ReceivableLetGo.booking_id)
        .join(Visit, Visit.booking_id == ReceivableLetGo.booking_id)
        .join(VisitDue, and_(VisitDue.visit_id == Visit.id, VisitDue.dealt_with == false(), VisitDue.amount > 0))
        .where(ReceivableLetGo.key == _key_of_due())
        .distinct()
    )
    for booking_id in run(changed.limit(MOST_LET_GO)).scalars().all():
        with unit_of_work():
            lock(booking_id)
            keep_let_go(booking_id, actor)
    given_up = (
        select(ReceivableLetGo.key, ReceivableLetGo.booking_id)
        .join(Enrolment, and_(Enrolment.booking_id == ReceivableLetGo.booking_id, Enrolment.owes_otherwise == true()))
        .order_by(ReceivableLetGo.id)
    )
    for key, booking_id in run(given_up.limit(MOST_LET_GO)).all():
        with unit_of_work():
            lock(booking_id)
            owed = select(ReceivableLetGo.amount, owed_now()).select_from(ReceivableLetGo)
            owed = owed.join(Booking, Booking.id == ReceivableLetGo.booking_id)
            owed = owed.join(Enrolment, Enrolment.booking_id == Booking.id)
            row = run(owed.where(ReceivableLetGo.key == key)).first()
            if row is not None:  # somebody has claimed it after all
                _follow(key, booking_id, row[0], row[1], actor)


def _key_of_due() -> ColumnElement[str]:
    payer = func.coalesce(VisitDue.paid_by, 0)
    return literal("visit:").concat(cast(Visit.booking_id, String)).concat(":").concat(cast(payer, String))


def _follow(key: str, booking_id: int, before: int, after: int, actor: str) -> None:
    run(update(ReceivableLetGo).where(ReceivableLetGo.key == key).values(amount=after))
    deal_with([key], now_open=False)
    if after != before:
        note(actor, "receivable.let_go_moved", f"booking:{booking_id}", {"amount": before}, {"amount": after})


def claim_after_all(key: str, now: datetime, actor: str) -> None:
    """Take it back: it waits to be invoiced again. Raises LetGoForGood."""
    with unit_of_work():
        lock(booking_of(key))
        still = ReceivableLetGo.let_go_at > now - timedelta(days=UNDO_DAYS)
        taken = delete(ReceivableLetGo).where(ReceivableLetGo.key == key, still)
        row = run(taken.returning(ReceivableLetGo.booking_id, ReceivableLetGo.amount)).first()
        if row is None:
            raise LetGoForGood
        deal_with([key], now_open=True)
        note(actor, "receivable.claim_after_all", f"booking:{row[0]}", {"amount": row[1]}, None)


def lately_let_go() -> list[LetGo]:
    """What was let go last, the newest first."""
    columns = [getattr(ReceivableLetGo, name) for name in LetGo.__dataclass_fields__]
    return as_values(LetGo, run(select(*columns).order_by(ReceivableLetGo.id.desc()).limit(MOST_LET_GO)))
