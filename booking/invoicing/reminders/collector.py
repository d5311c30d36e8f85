"""What goes to the collector: invoices that nobody paid after the last reminder, with all that a collector asks for."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import islice, pairwise

from sqlalchemy import Select, and_, exists, or_, select
from sqlalchemy.orm import aliased

from booking.centre.facts import CentreFacts
from booking.invoicing.models import IS_OPEN, Invoice, InvoicePayer
from booking.invoicing.payer.queries import contacts_of
from booking.invoicing.queries import IssuedFacts, issued_with_files, open_after
from booking.invoicing.reminders.due import is_left_out, owing, rates, steps
from booking.invoicing.reminders.holds import NOBODY_HOLDS, HeldAlready, NothingToHold, hold, lock_open
from booking.invoicing.reminders.late import interest_on
from booking.invoicing.reminders.models import HoldKind, InvoiceHold, InvoiceReminder, ReminderState, ReminderStep
from booking.invoicing.sending.queries import DELIVERY_STANDS
from booking.kernel.database import run, unit_of_work
from booking.kernel.looking import in_batches, look_ends_at

MOST_COLLECTED = 100


@dataclass(frozen=True, slots=True)
class ForCollector:
    """An invoice for the collector; sums in minor units, `interest` up to the day it was asked for.

    `no_mailbox`: no reminder, or not the last one, could be sent, since there is nobody to write to.
    """

    facts: IssuedFacts
    email: str
    reminded: tuple[date, ...]
    interest: int
    fees: int
    no_mailbox: bool

    @property
    def claimed(self) -> int:
        """What is open, with interest and fees."""
        return self.facts.left + self.interest + self.fees


@dataclass(frozen=True, slots=True)
class CollectorLines:
    """Some of a list, by numbers or ids; `next_after`: that which was looked at last, where there may be more."""

    lines: Sequence[ForCollector]
    next_after: int | None


def for_collector(centre: CentreFacts, now: datetime, after: int = 0, most: int = MOST_COLLECTED) -> CollectorLines:
    """What is open after the day that the last reminder gave, has arrived, and nobody holds; the oldest first.

    So is what nobody could be reminded of, once as many days have gone as all reminders would have taken.
    """
    known, until = steps(), look_ends_at(open_after(after))
    ready = list(islice(_ready(known, centre.local(now).date(), now, after, until), most + 1))
    return _described(ready, most, known, centre, now, until)


def with_collector(centre: CentreFacts, now: datetime, after: int = 0, most: int = MOST_COLLECTED) -> CollectorLines:
    """What was handed over and is open still; the oldest first."""
    held = select(InvoiceHold.invoice_id).where(
        InvoiceHold.kind == HoldKind.COLLECTOR, InvoiceHold.ended_at.is_(None), InvoiceHold.invoice_id > after
    )
    until = look_ends_at(held.order_by(InvoiceHold.invoice_id))
    if until is not None:
        held = held.where(InvoiceHold.invoice_id <= until)
    query = select(Invoice.id).where(IS_OPEN, Invoice.id.in_(held)).order_by(Invoice.id).limit(most + 1)
    return _described([(held_id, held_id) for held_id in run(query).scalars()], most, steps(), centre, now, until)


def whole(listed: Callable[[int], CollectorLines]) -> Iterator[ForCollector]:
    """All of a list, one part after the other, as `listed` gives what comes after an invoice."""
    after: int | None = 0
    while after is not None:
        part = listed(after)
        yield from part.lines
        after = part.next_after


def hand_over(invoice_ids: Sequence[int], centre: CentreFacts, now: datetime, actor: str) -> tuple[int, int]:
    """Mark invoices as handed over; how many were, and how many are not for the collector, perhaps since just now.

    Not inside a unit of work.
    """
    done, today = 0, centre.local(now).date()
    for invoice_id in invoice_ids:
        try:
            with unit_of_work():
                lock_open(invoice_id)
                _must_be_ready(invoice_id, today, now)  # asked once the row is ours: a dispute locks it too
                hold(invoice_id, HoldKind.COLLECTOR, "", now, actor)
        except (HeldAlready, NothingToHold):
            continue
        done += 1
    return done, len(invoice_ids) - done


def days_of_all(known: Sequence[ReminderStep]) -> int:
    """So many days after it is due an invoice that is reminded of at every step is for the collector."""
    days = known[0].days
    for before, step in pairwise(known):
        days += max(step.days, before.pay_days + 1)
    return days + known[-1].pay_days


def _ready(
    known: Sequence[ReminderStep],
    today: date,
    now: datetime,
    after: int = 0,
    until: int | None = None,
    only: int | None = None,
) -> Iterator[tuple[int, int]]:
    """Invoices for the collector as (number, id), in the order of their numbers: `only` that of this id if it is."""
    if not known:
        return
    last, promised = known[-1], aliased(InvoiceReminder)

    def open_ones(number: int) -> Select[int]:
        return open_after(number) if only is None else open_after(number).where(Invoice.id == only)

    reminded = exists().where(
        InvoiceReminder.invoice_id == Invoice.id,
        InvoiceReminder.number == last.number,
        or_(
            and_(InvoiceReminder.state == ReminderState.SENT, InvoiceReminder.pay_by < today),
            and_(is_left_out(InvoiceReminder), InvoiceReminder.promised_at < now - timedelta(days=last.pay_days)),
        ),
    )
    still_goes_on = exists().where(
        promised.invoice_id == Invoice.id,
        or_(
            and_(promised.state == ReminderState.PROMISED, promised.left_out_at.is_(None)),
            and_(promised.state == ReminderState.SENT, promised.pay_by >= today),
        ),
    )
    has_mailbox = exists().where(InvoicePayer.id == Invoice.payer_id, InvoicePayer.email != "")
    silent = and_(Invoice.due_on < today - timedelta(days=days_of_all(known)), ~has_mailbox, ~still_goes_on)
    columns = (Invoice.number, Invoice.id, reminded)
    query = select(*columns).where(NOBODY_HOLDS, DELIVERY_STANDS, or_(reminded, silent)).order_by(Invoice.number)
    for numbers in in_batches(open_ones, after, until):
        rows = run(query.where(Invoice.number.in_(numbers))).all()
        unsure = [invoice_id for _number, invoice_id, was_reminded in rows if not was_reminded]
        contacts = contacts_of(issued_with_files(Invoice.id.in_(unsure), len(unsure))) if unsure else {}
        yield from ((number, invoice_id) for number, invoice_id, _reminded in rows if not contacts.get(invoice_id))


def _must_be_ready(invoice_id: int, today: date, now: datetime) -> None:
    if next(_ready(steps(), today, now, only=invoice_id), None) is None:
        raise NothingToHold


def _described(
    places: Sequence[tuple[int, int]],
    most: int,
    known: Sequence[ReminderStep],
    centre: CentreFacts,
    now: datetime,
    until: int | None,
) -> CollectorLines:
    """The first `most` of these (place in the list, invoice) as lines; one more of them says that there are more."""
    next_after = places[most - 1][0] if len(places) > most else until
    shown = [invoice_id for _place, invoice_id in places[:most]]
    if not shown:
        return CollectorLines((), next_after)
    today, sent = centre.local(now).date(), _sent(shown)
    in_force = rates() if any(step.with_interest for step in known) else []
    facts = sorted(issued_with_files(Invoice.id.in_(shown), most), key=lambda issued: issued.number)
    contacts, last = contacts_of(facts), known[-1].number if known else 0
    lines = []
    for issued in facts:
        reminders = sent.get(issued.invoice_id, ())
        lines.append(
            ForCollector(
                issued, contacts[issued.invoice_id], tuple(day for _number, day, _fee in reminders),
                interest_on(owing(issued), in_force, today) if in_force else 0,
                sum(fee for _number, _day, fee in reminders),
                no_mailbox=not contacts[issued.invoice_id] and all(number < last for number, _day, _fee in reminders),
            )
        )  # fmt: skip
    return CollectorLines(lines, next_after)


def _sent(ids: Sequence[int]) -> Mapping[int, Sequence[tuple[int, date, int]]]:
    """Which reminders went out of each: the step, the day, and the fee."""
    columns = (InvoiceReminder.invoice_id, InvoiceReminder.number, InvoiceReminder.sent_on, InvoiceReminder.fee)
    query = select(*columns).where(InvoiceReminder.invoice_id.in_(ids), InvoiceReminder.state == ReminderState.SENT)
    sent: dict[int, list[tuple[int, date, int]]] = {}
    for invoice_id, number, sent_on, fee in run(query.order_by(InvoiceReminder.id)):
        sent.setdefault(invoice_id, []).append((number, sent_on, fee))
    return sent
