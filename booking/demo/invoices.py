"""What became of three months of classes: issued at each month's end, paid or not, and a bank's file to try.

Everything is done by the functions that finance uses, each at its own time.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from sqlalchemy import select

from booking.capacity.timetable import at
from booking.centre.facts import CentreFacts, the_centre
from booking.demo.bank_file import DemoPayment, write_bank_file
from booking.demo.centres import DemoCentre, DemoPayments
from booking.demo.school.past_visits import school_months
from booking.invoicing.bank.take import take_bank_file
from booking.invoicing.credit import CreditExtent, CreditOrder, CreditWanted, credit
from booking.invoicing.document import DocumentKind
from booking.invoicing.issue import issue_together
from booking.invoicing.models import Collective, Invoice, InvoiceRules
from booking.invoicing.receivables import Receivable, open_receivables
from booking.invoicing.write_offs.write_off import WriteOffOrder, write_off
from booking.kernel import clock
from booking.kernel.database import db

ACTOR = "demo"
PAYS_AFTER = timedelta(days=21)
FILE_TO_TRY = "bank-file-to-try.xml"
# Of a month's invoices, by their place: what is not paid; of the first month, which is credited in part, which is paid
# too much and which too little, so that its rest is written off. The first of the second month too is paid too little.
UNPAID = ({5}, {2, 3}, {1, 3, 5, 7})
CREDITED, OVER, UNDER = 1, 2, 4
ABOUT = 5  # so many invoices is the file to try


def write_invoices(demo: DemoCentre, today: date) -> bytes:
    """Invoices of the months that are over and of the first days of this one; returns the file to try."""
    account = db.session.scalars(select(InvoiceRules.account)).one()
    centre, now = the_centre(), clock.now()
    newest = max(_alone(centre, now), key=lambda receivable: receivable.on).key  # waits for whoever tries it, every day
    for month, first in enumerate(school_months(today, demo.schools.summer)):
        month_end = (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
        issued_at = at(month_end, time(12), centre.zone)
        over = [receivable.key for receivable in open_receivables(centre, issued_at) if not receivable.to_come]
        issue_together([key for key in over if key != newest], centre, issued_at, ACTOR)
        if (paid_at := issued_at + PAYS_AFTER) < now:
            _take_payments(demo.payments, month, centre, account, month_end, paid_at)
        if month == 0 and paid_at < now:
            _lose_rest(demo.payments, month_end, centre, now)
    first_days = [receivable.key for receivable in _alone(centre, now) if receivable.key != newest]
    issue_together(first_days, centre, now, ACTOR)
    return file_to_try(demo.payments, centre, account, now)


def _alone(centre: CentreFacts, now: datetime) -> list[Receivable]:
    """What was over yesterday and waits to be invoiced, but what is gathered for its month."""
    today = centre.local(now).date()
    owed = [receivable for receivable in open_receivables(centre, now) if receivable.on < today]
    return [receivable for receivable in owed if receivable.payer.terms.collective is Collective.NONE]


def _take_payments(
    demo: DemoPayments, month: int, centre: CentreFacts, account: str, issued_on: date, paid_at: datetime
) -> None:
    """What the bank told of a month's invoices: most paid, some not, some more or less than was asked for."""
    more = ({OVER: demo.over, UNDER: -demo.under}, {0: -demo.under}, {})[month]
    payments = list[DemoPayment]()
    for place, invoice in enumerate(_open_invoices(issued_on)):
        if month == 0 and place == CREDITED:
            _credit_some(demo, invoice, centre, paid_at)
            payments.append(_of(invoice, invoice.payable - demo.credited))
        elif place not in UNPAID[month]:
            payments.append(_of(invoice, invoice.payable + more.get(place, 0)))
    if payments:
        entries = [[payments[0]], payments[1:]] if payments[1:] else [payments]
        name = f"DEMO-{paid_at:%Y%m%d}"
        content = write_bank_file(name, account, centre.currency, centre.local(paid_at).date(), paid_at, entries)
        take_bank_file(content, ACTOR, paid_at)


def _credit_some(demo: DemoPayments, invoice: Invoice, centre: CentreFacts, now: datetime) -> None:
    """Fewer came than were counted."""
    wanted = CreditWanted(CreditExtent.SUM, gross=demo.credited)
    credit(CreditOrder(invoice.id, wanted, demo.credited_since, 0), centre, now, ACTOR)


def _lose_rest(demo: DemoPayments, issued_on: date, centre: CentreFacts, now: datetime) -> None:
    """Who paid too little is not asked for the rest any more."""
    for invoice in _open_invoices(issued_on):
        if invoice.left == demo.under:
            write_off(WriteOffOrder(invoice.id, demo.under, demo.lost_since, demo.under), centre, now, ACTOR)
            return


def file_to_try(demo: DemoPayments, centre: CentreFacts, account: str, now: datetime) -> bytes:
    """A file with a payment of each kind: two of a batch, a part, too much, an unknown KID, words, another currency."""
    whole, second, part, over, worded = _open_invoices()[:ABOUT]
    batch = [_of(whole, whole.payable - whole.paid), _of(second, second.payable - second.paid)]
    words = DemoPayment(
        worded.payable - worded.paid, _payer(worded), words=str(worded.number), currency=centre.currency
    )
    too_much = _of(over, over.payable - over.paid + demo.over)
    singles = [_of(part, part.payable // 2), too_much, demo.stranger, words, demo.abroad]
    today = centre.local(now).date()
    entries = [batch, *([payment] for payment in singles)]
    return write_bank_file(f"DEMO-{today:%Y%m%d}-TRY", account, centre.currency, today, now, entries)


def _open_invoices(issued_on: date | None = None) -> list[Invoice]:
    """Invoices on which something is open, the oldest first; of one day where that is said."""
    query = select(Invoice).where(Invoice.kind == DocumentKind.INVOICE, Invoice.left > 0)
    if issued_on is not None:
        query = query.where(Invoice.issued_on == issued_on)
    invoices = list(db.session.scalars(query.order_by(Invoice.number)))
    db.session.expunge_all()
    return invoices


def _of(invoice: Invoice, amount: int) -> DemoPayment:
    return DemoPayment(amount, _payer(invoice), kid=invoice.kid, currency=invoice.currency)


def _payer(invoice: Invoice) -> str:
    name: str = invoice.document["billed_to"]["name"]
    return name
