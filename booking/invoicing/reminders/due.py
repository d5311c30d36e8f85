"""Which reminders are due, and what one says when its turn has come: looked at again before it goes out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, and_, exists, func, or_, select, update
from sqlalchemy.orm import aliased

from booking.centre.facts import CentreFacts
from booking.invoicing.bank.models import BankShare, StoredBankRow
from booking.invoicing.document import DocumentKind
from booking.invoicing.models import Invoice
from booking.invoicing.payer.queries import contact_of
from booking.invoicing.queries import IssuedFacts, issued_one, open_after
from booking.invoicing.reminders.holds import NOBODY_HOLDS, holds_of
from booking.invoicing.reminders.late import Owing, RateFrom, fee_on, interest_on
from booking.invoicing.reminders.models import InvoiceReminder, LateRate, ReminderState, ReminderStep, WhyStopped
from booking.invoicing.sending.queries import delivery_stands
from booking.kernel.database import Texts, db, insert_once, run, unit_of_work
from booking.kernel.looking import in_batches
from booking.outbox.promises import promise


@dataclass(frozen=True, slots=True)
class ReminderTold:
    """What a reminder says; sums in minor units. `fees` are those of all reminders so far, this one's among them."""

    facts: IssuedFacts
    number: int
    words: Texts
    email: str
    open: int
    interest: int
    fee: int
    fees: int
    pay_by: date


def steps() -> list[ReminderStep]:
    """The centre's steps, the first one first; none: nobody is reminded."""
    return list(db.session.scalars(select(ReminderStep).order_by(ReminderStep.number)))


def rates() -> list[RateFrom]:
    """What is claimed of who pays late, the earliest first."""
    query = select(LateRate.from_date, LateRate.interest, LateRate.fee).order_by(LateRate.from_date)
    return [RateFrom(*row) for row in run(query)]


def promise_due(centre: CentreFacts, now: datetime) -> int:
    """Promise each reminder whose day has come, once however many do so at once; how many. Not in a unit of work."""
    today, promised = centre.local(now).date(), 0
    with unit_of_work():
        known = [(step.number, step.days) for step in steps()]
    for place, (number, days) in enumerate(known):
        before = known[place - 1][0] if place else None
        for numbers in in_batches(open_after, 0):
            invoice_ids = _due(number, days, before, today, now, numbers)
            with unit_of_work():
                arrived = delivery_stands(invoice_ids)
                promised += sum(_promise(invoice_id, number, now) for invoice_id in invoice_ids if arrived[invoice_id])
    return promised


def look_again(reminder_id: int, centre: CentreFacts, now: datetime) -> ReminderTold | None:
    """What a promised reminder says as things stand now, written down with it; None: it is stopped, and why is written.

    Not inside a unit of work.
    """
    with unit_of_work():
        row = db.session.get(InvoiceReminder, reminder_id, with_for_update=True)
        if row is None or row.state is not ReminderState.PROMISED or row.left_out_at is not None:
            return None
        facts = issued_one(row.invoice_id)
        step = db.session.scalar(select(ReminderStep).where(ReminderStep.number == row.number))
        why = WhyStopped.NOTHING_OPEN if facts is None else _why_not(facts, step)
        if facts is None or step is None or why is not None:
            _stop(row, why or WhyStopped.STEP_GONE)
            return None
        today, known = centre.local(now).date(), rates()
        row.open, row.pay_by = facts.left, today + timedelta(days=step.pay_days)
        row.interest = interest_on(owing(facts), known, today) if step.with_interest else 0
        row.fee = fee_on(known, today) if step.with_fee else 0
        return ReminderTold(
            facts, row.number, dict(step.words), contact_of(facts), row.open, row.interest, row.fee,
            row.fee + _fees_before(row.invoice_id), row.pay_by,
        )  # fmt: skip


def went_out(reminder_id: int, centre: CentreFacts, now: datetime) -> None:
    """A reminder has been handed to the mail server; inside a unit of work. Twice is once."""
    sent = update(InvoiceReminder).where(
        InvoiceReminder.id == reminder_id, InvoiceReminder.state == ReminderState.PROMISED
    )
    run(sent.values(state=ReminderState.SENT, sent_on=centre.local(now).date()))


def owing(facts: IssuedFacts) -> list[Owing]:
    """What was owed of an invoice from the day it was due; what is credited or written off bears no interest.

    A payment counts from the day the bank booked it; what no row of the bank says was paid in time.
    """
    due = facts.document.due_on
    query = (
        select(StoredBankRow.booked_on, func.sum(BankShare.amount))
        .join(StoredBankRow, StoredBankRow.id == BankShare.row_id)
        .where(BankShare.invoice_id == facts.invoice_id)
        .group_by(StoredBankRow.booked_on)
        .order_by(StoredBankRow.booked_on)
    )
    payments = [(booked_on, int(amount)) for booked_on, amount in run(query)]
    elsewhere = facts.paid - sum(amount for _day, amount in payments)
    owed = facts.creditable - facts.written_off - elsewhere
    sums = [Owing(due, max(owed - sum(amount for day, amount in payments if day <= due), 0))]
    for day in sorted({day for day, _amount in payments if day > due}):
        sums.append(Owing(day, max(owed - sum(amount for booked, amount in payments if booked <= day), 0)))
    return sums


def _due(number: int, days: int, before: int | None, today: date, now: datetime, among: Sequence[int]) -> Sequence[int]:
    """Those of some open invoices, by their numbers, whose reminder of this number is due: the ids.

    The reminder before has been sent, or left out: then its days count from when it should have gone.
    """
    latest = today - timedelta(days=days)
    had = exists().where(
        InvoiceReminder.invoice_id == Invoice.id,
        InvoiceReminder.number >= number,
        InvoiceReminder.state != ReminderState.STOPPED,
    )
    query = select(Invoice.id).where(Invoice.number.in_(among), NOBODY_HOLDS, ~had)
    if before is None:
        query = query.where(Invoice.due_on <= latest)
    else:
        earlier = aliased(InvoiceReminder)
        query = query.where(
            exists().where(
                earlier.invoice_id == Invoice.id,
                earlier.number == before,
                or_(
                    and_(earlier.state == ReminderState.SENT, earlier.sent_on <= latest, earlier.pay_by < today),
                    and_(is_left_out(earlier), earlier.promised_at <= now - timedelta(days=days)),
                ),
            )
        )
    ids = db.session.scalars(query.order_by(Invoice.number)).all()
    db.session.rollback()  # nothing is held while they are gone through
    return ids


def is_left_out(reminder: type[InvoiceReminder]) -> ColumnElement[bool]:
    """Whether a reminder does not go out, and the next step goes on without it."""
    return and_(reminder.state == ReminderState.PROMISED, reminder.left_out_at.is_not(None))


def promise_reminder(reminder_id: int) -> None:
    """Have its letter sent; one however often it is promised. Inside a unit of work."""
    promise("mail.invoice_reminder", reminder_key(reminder_id), {"reminder_id": reminder_id})


def reminder_key(reminder_id: int) -> str:
    """The key of that promise."""
    return f"invoice_reminder:{reminder_id}"


def _promise(invoice_id: int, number: int, now: datetime) -> bool:
    key = f"{invoice_id}:{number}"
    values = {
        "key": key, "invoice_id": invoice_id, "number": number, "state": ReminderState.PROMISED, "promised_at": now,
    }  # fmt: skip
    facts = issued_one(invoice_id)
    if facts is None or not contact_of(facts) or not insert_once(InvoiceReminder, "key", values):
        return False
    reminder_id = db.session.scalars(select(InvoiceReminder.id).where(InvoiceReminder.key == key)).one()
    promise_reminder(reminder_id)
    return True


def _why_not(facts: IssuedFacts, step: ReminderStep | None) -> WhyStopped | None:
    """Why nothing goes out as things stand now."""
    if facts.document.kind is not DocumentKind.INVOICE or not facts.left:
        return WhyStopped.NOTHING_OPEN
    if holds_of([facts.invoice_id]):
        return WhyStopped.HELD
    if not delivery_stands([facts.invoice_id])[facts.invoice_id]:
        return WhyStopped.NOT_DELIVERED
    if step is None:
        return WhyStopped.STEP_GONE
    return None if contact_of(facts) else WhyStopped.NO_EMAIL


def _stop(row: InvoiceReminder, why: WhyStopped) -> None:
    """Under another key, so that the same step may come again when what stopped it is over."""
    row.state, row.why, row.key = ReminderState.STOPPED, why, f"{row.key}:stopped:{row.id}"


def _fees_before(invoice_id: int) -> int:
    query = select(func.coalesce(func.sum(InvoiceReminder.fee), 0)).where(
        InvoiceReminder.invoice_id == invoice_id, InvoiceReminder.state == ReminderState.SENT
    )
    return int(db.session.scalar(query) or 0)
