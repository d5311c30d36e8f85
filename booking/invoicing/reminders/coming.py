"""Which reminder an open invoice gets next and when, unless it is paid first; and what holds one back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select

from booking.centre.facts import CentreFacts
from booking.invoicing.models import Invoice
from booking.invoicing.payer.queries import contacts_of
from booking.invoicing.queries import IssuedFacts, issued_with_files, open_after
from booking.invoicing.reminders.due import steps
from booking.invoicing.reminders.holds import HoldFacts, holds_of
from booking.invoicing.reminders.models import HoldKind, InvoiceReminder, ReminderState, ReminderStep, WhyStopped
from booking.invoicing.sending.queries import delivery_stands
from booking.kernel.database import as_values, run
from booking.kernel.looking import in_batches, look_ends_at

MOST_LISTED = 50


@dataclass(frozen=True, slots=True)
class ComingReminder:
    """What an invoice gets on a day: the reminder of a step, or with None a place in the list for the collector.

    `why` it will not as things stand, and the reason that somebody wrote of a dispute.
    """

    facts: IssuedFacts
    payer_id: int
    number: int | None
    on: date
    why: WhyStopped
    reason: str


@dataclass(frozen=True, slots=True)
class ComingPage:
    """Those that go, the first day first, and those that are held back; `next_after`: the number looked at last."""

    going: Sequence[ComingReminder]
    held: Sequence[ComingReminder]
    next_after: int | None


@dataclass(frozen=True, slots=True)
class _Open:
    invoice_id: int
    number: int
    due_on: date
    payer_id: int


@dataclass(frozen=True, slots=True)
class _ReminderHad:
    """A reminder that was not stopped; `on` is the day that the next step's days count from, None while it goes out."""

    number: int
    on: date | None
    pay_by: date | None


def coming_reminders(centre: CentreFacts, now: datetime, after: int = 0, most: int = MOST_LISTED) -> ComingPage:
    """What comes next of open invoices with numbers above this one, some at a time; nothing where nobody is reminded.

    Left out is what stands elsewhere: with the collector or ready for that, on its way, and what could not be sent.
    """
    known, today = steps(), centre.local(now).date()
    if not known:
        return ComingPage((), (), None)
    until = look_ends_at(open_after(after))
    nexts: list[tuple[_Open, int | None, date]] = []
    columns = select(Invoice.id, Invoice.number, Invoice.due_on, Invoice.payer_id)
    for numbers in in_batches(open_after, after, until):
        open_ones = as_values(_Open, run(columns.where(Invoice.number.in_(numbers)).order_by(Invoice.number)))
        had = _had([invoice.invoice_id for invoice in open_ones], centre)
        for invoice in open_ones:
            step = _next_of(invoice, had.get(invoice.invoice_id, {}), known)
            if step is not None and (step[0] is not None or step[1] > today):
                nexts.append((invoice, *step))
        if len(nexts) > most:
            break
    next_after = nexts[most - 1][0].number if len(nexts) > most else until
    return _page(nexts[:most], known[0], today, next_after)


def _had(invoice_ids: Sequence[int], centre: CentreFacts) -> Mapping[int, Mapping[int, _ReminderHad]]:
    """The reminders of each that were not stopped, by their numbers."""
    query = select(
        InvoiceReminder.invoice_id, InvoiceReminder.number, InvoiceReminder.state, InvoiceReminder.promised_at,
        InvoiceReminder.sent_on, InvoiceReminder.left_out_at, InvoiceReminder.pay_by,
    ).where(InvoiceReminder.invoice_id.in_(invoice_ids), InvoiceReminder.state != ReminderState.STOPPED)  # fmt: skip
    had: dict[int, dict[int, _ReminderHad]] = {}
    for invoice_id, number, state, promised_at, sent_on, left_out_at, pay_by in run(query):
        is_left_out = state is ReminderState.PROMISED and left_out_at is not None
        on = centre.local(promised_at).date() if is_left_out else sent_on
        had.setdefault(invoice_id, {})[number] = _ReminderHad(number, on, pay_by)
    return had


def _next_of(
    invoice: _Open, had: Mapping[int, _ReminderHad], known: Sequence[ReminderStep]
) -> tuple[int | None, date] | None:
    """The step that comes next and its day, as due.py and collector.py count them; None while one is on its way."""
    last = max(had, default=0)
    place = next((place for place, step in enumerate(known) if step.number > last), len(known))
    if place == 0:
        return known[0].number, invoice.due_on + timedelta(days=known[0].days)
    before, step = known[place - 1], known[place] if place < len(known) else None
    reminder = had.get(before.number)
    if reminder is None or reminder.on is None:
        return None
    if step is None:
        return None, (reminder.pay_by or reminder.on + timedelta(days=before.pay_days)) + timedelta(days=1)
    earliest = reminder.on + timedelta(days=step.days)
    return step.number, max(earliest, reminder.pay_by + timedelta(days=1)) if reminder.pay_by else earliest


def _page(
    nexts: Sequence[tuple[_Open, int | None, date]], first: ReminderStep, today: date, next_after: int | None
) -> ComingPage:
    ids = [invoice.invoice_id for invoice, _number, _on in nexts]
    if not ids:
        return ComingPage((), (), next_after)
    documents = {facts.invoice_id: facts for facts in issued_with_files(Invoice.id.in_(ids), len(ids))}
    holds, arrived, contacts = holds_of(ids), delivery_stands(ids), contacts_of(list(documents.values()))
    coming = []
    for invoice, number, on in nexts:
        held = {hold.kind: hold for hold in holds.get(invoice.invoice_id, ())}
        if HoldKind.COLLECTOR in held:
            continue
        has_mailbox = bool(contacts[invoice.invoice_id])
        why = _why(held, arrived=arrived[invoice.invoice_id], has_mailbox=has_mailbox or number is None)
        if why is WhyStopped.NO_EMAIL and invoice.due_on + timedelta(days=first.days) <= today:
            continue  # nobody_to_write_to has it
        reason = held[HoldKind.DISPUTED].reason if HoldKind.DISPUTED in held else ""
        coming.append(
            ComingReminder(documents[invoice.invoice_id], invoice.payer_id, number, max(on, today), why, reason)
        )
    coming.sort(key=lambda each: (each.on, each.facts.number))
    return ComingPage(
        [each for each in coming if not each.why], [each for each in coming if each.why], next_after
    )  # fmt: skip


def _why(held: Mapping[HoldKind, HoldFacts], *, arrived: bool, has_mailbox: bool) -> WhyStopped:
    if held:
        return WhyStopped.HELD
    if not arrived:
        return WhyStopped.NOT_DELIVERED
    return WhyStopped.NOT_STOPPED if has_mailbox else WhyStopped.NO_EMAIL
