"""The list of what was issued: every state can be asked for, and the database answers as the payer is told."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import select, update

from booking.exports.sources import invoices_filters, sheet_of
from booking.invoicing.credit import CreditExtent, CreditOrder, CreditWanted, credit
from booking.invoicing.document import DocumentKind
from booking.invoicing.issue import issue
from booking.invoicing.issued.filters import InvoiceFilter, InvoiceMark, Way, way_named
from booking.invoicing.issued.read import read_issued, sums_of_issued
from booking.invoicing.models import Invoice, InvoiceWord
from booking.invoicing.payer.queries import HowItStands, how_it_stands, stands_by_sums
from booking.invoicing.queries import issued
from booking.invoicing.receivables import open_receivables
from booking.invoicing.reminders.models import HoldKind, InvoiceHold, InvoiceReminder, ReminderState
from booking.invoicing.sending.models import InvoiceDelivery
from booking.invoicing.sending.states import BuyerResponse, DeliveryState
from booking.kernel import clock
from booking.kernel.database import db, unit_of_work
from booking.reports import invoice_names
from tests.invoicing.owed import a_centre_that_invoices, a_class, afterwards

ACTOR = "account:1"
SUMS = (  # paid, credited, written off, of a hundred
    (0, 0, 0), (40, 0, 0), (100, 0, 0), (120, 0, 0), (0, 100, 0), (0, 30, 0), (60, 40, 0), (0, 0, 100), (0, 0, 30),
    (50, 0, 50), (20, 20, 60), (120, 0, -20), (100, 30, 0),
)  # fmt: skip


def today() -> date:
    """The day on which one asks."""
    return afterwards().date()


@pytest.fixture
def numbers(app: Flask) -> Iterator[dict[int, str]]:
    """Two invoices and a credit note, with their payers' names."""
    centre = a_centre_that_invoices()
    a_class(centre, "6A", reference="12345")
    a_class(centre, "6B", reference="54321")
    first, second = (
        issue(receivable.key, centre.facts, afterwards(), ACTOR)
        for receivable in open_receivables(centre.facts, afterwards())
    )
    order = CreditOrder(second.invoice_id, CreditWanted(CreditExtent.SUM, (), 10_000), "Avslag", 0)
    credit(order, centre.facts, afterwards(), ACTOR)
    yield {facts.number: facts.document.billed_to.name for facts in issued()}
    assert first.number == 10_001


def listed(**filters: object) -> list[int]:
    """The numbers that a filter shows."""
    db.session.rollback()
    page = read_issued(InvoiceFilter(today(), **filters))  # type: ignore[arg-type]  # named
    return [facts.number for facts in page.documents]


def stand(number: int, **values: object) -> int:
    """An invoice stands so, as if that had come about; returns its id."""
    with unit_of_work():
        mine = update(Invoice).where(Invoice.number == number)
        return db.session.execute(mine.values(**values).returning(Invoice.id)).scalar_one()


def test_each_document_is_in_the_list_of_the_one_state_that_its_payer_is_told(
    app: Flask, numbers: dict[int, str]
) -> None:
    payable = db.session.scalars(select(Invoice.payable).where(Invoice.number == 10_001)).one()
    for paid, credited, lost in SUMS:
        sums = {"paid": payable * paid // 100, "credited": payable * credited // 100}
        rest = payable - sums["paid"] - sums["credited"]
        stand(10_001, **sums, written_off=rest if paid + credited + lost == 100 and lost else payable * lost // 100)
        for days in (0, 10, 100):
            on = today() + timedelta(days=days)
            for facts in issued():
                shown = [
                    stands
                    for stands in HowItStands
                    if facts.number in [row.number for row in read_issued(InvoiceFilter(on, stands=stands)).documents]
                ]
                assert shown == [how_it_stands(facts, on)], (paid, credited, lost, days)


@pytest.mark.parametrize(
    ("paid", "credited", "lost", "stands"),
    [
        (0, 0, 0, HowItStands.OPEN),
        (0, 40, 0, HowItStands.OPEN),
        (10, 0, 0, HowItStands.PART_PAID),
        (10, 40, 0, HowItStands.PART_PAID),
        (100, 0, 0, HowItStands.PAID),
        (60, 40, 0, HowItStands.PAID),
        (0, 100, 0, HowItStands.CREDITED),
        (100, 100, 0, HowItStands.CREDITED),
        (60, 0, 40, HowItStands.WRITTEN_OFF),
    ],
)
def test_what_is_credited_in_part_is_not_called_paid_in_part(
    paid: int, credited: int, lost: int, stands: HowItStands
) -> None:
    left, day = 100 - paid - credited - lost, date(2026, 11, 4)
    assert stands_by_sums(DocumentKind.INVOICE, day, day, 100, paid, credited, lost, left) is stands


def test_every_state_that_there_is_can_be_asked_for_and_has_a_name(app: Flask, numbers: dict[int, str]) -> None:
    assert set(invoice_names.standings()) == set(HowItStands)
    assert set(invoice_names.marks()) == set(InvoiceMark)
    ways = {*DeliveryState, *BuyerResponse} - {BuyerResponse.NONE}
    assert set(invoice_names.ways()) == ways
    assert {way_named(str(way)) for way in ways} == ways
    assert (way_named("none"), way_named("x"), way_named("")) == (None, None, None)
    for mark in InvoiceMark:
        assert isinstance(listed(mark=mark), list)


def test_what_may_be_so_besides_is_found(app: Flask, numbers: dict[int, str]) -> None:
    invoice_id = stand(10_001, written_off=100)
    assert (listed(mark=InvoiceMark.WRITTEN_OFF), listed(mark=InvoiceMark.CREDITED)) == ([10_001], [10_002])
    stand(10_001, written_off=0, paid=Invoice.payable + 100)
    assert listed(mark=InvoiceMark.TOO_MUCH) == [10_001]
    with unit_of_work():
        for kind in HoldKind:
            db.session.add(InvoiceHold(invoice_id=invoice_id, kind=kind, since=clock.now()))
        values = {"state": ReminderState.SENT, "promised_at": clock.now(), "sent_on": today(), "pay_by": today()}
        db.session.add(InvoiceReminder(key="1:1", invoice_id=invoice_id, number=1, **values))
    for mark in (InvoiceMark.DISPUTED, InvoiceMark.COLLECTOR, InvoiceMark.REMINDED):
        assert listed(mark=mark) == [10_001]
    with unit_of_work():
        db.session.execute(update(InvoiceHold).values(ended_at=clock.now()))
    assert (listed(mark=InvoiceMark.DISPUTED), listed(mark=InvoiceMark.COLLECTOR)) == ([], [])


@pytest.mark.parametrize("way", [DeliveryState.REFUSED, DeliveryState.KEPT_BACK, BuyerResponse.REJECTED])
def test_where_it_is_on_its_way_is_found(app: Flask, numbers: dict[int, str], way: Way) -> None:
    invoice_id = stand(10_001, paid=0)
    of_buyer = isinstance(way, BuyerResponse)
    values = {"response": way} if of_buyer else {}
    with unit_of_work():
        state = DeliveryState.SENT if isinstance(way, BuyerResponse) else way
        db.session.add(InvoiceDelivery(invoice_id=invoice_id, state=state, since=clock.now(), **values))
    assert listed(way=way) == [10_001]


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("bergen", [10_003, 10_002, 10_001]),
        ("KOMMUNE berg", [10_003, 10_002, 10_001]),
        ("solbakk", [10_003, 10_002, 10_001]),
        ("10001", [10_001]),
        ("1000", [10_003, 10_002, 10_001]),
        ("54321", [10_003, 10_002]),
        ("bergen 12345", [10_001]),
        ("964338531", [10_003, 10_002, 10_001]),
        ("oslo", []),
        ("%", []),
        ("' OR 1=1 --", []),
    ],
)
def test_a_document_is_found_by_its_payer_its_numbers_and_its_reference(
    app: Flask, numbers: dict[int, str], typed: str, shown: list[int]
) -> None:
    assert listed(words=typed) == shown


def test_filters_hold_together_and_the_sums_are_of_all_of_it(app: Flask, numbers: dict[int, str]) -> None:
    day = read_issued(InvoiceFilter(today())).documents[0].document.issued_on
    assert listed(words="bergen", stands=HowItStands.CREDIT, first=day, last=day) == [10_003]
    assert (listed(first=day + timedelta(days=1)), listed(last=day - timedelta(days=1))) == ([], [])
    assert listed(words="bergen", below=10_003, stands=HowItStands.OPEN)[0] == 10_002
    rows = db.session.execute(select(Invoice.kind, Invoice.payable, Invoice.left)).all()
    sums = sums_of_issued(InvoiceFilter(today()))
    assert sums is not None
    (total,) = sums
    invoices = [(payable, left) for kind, payable, left in rows if kind is DocumentKind.INVOICE]
    assert (total.documents, total.invoiced, total.noted, total.left) == (
        3, sum(payable for payable, _left in invoices), 10_000, sum(left for _payable, left in invoices),
    )  # fmt: skip
    first = read_issued(InvoiceFilter(today()), most=2)
    assert ([facts.number for facts in first.documents], first.next_below) == ([10_003, 10_002], 10_002)


def test_the_file_has_what_the_list_shows(app: Flask, numbers: dict[int, str]) -> None:
    wanted = InvoiceFilter(today(), words="bergen", stands=HowItStands.CREDIT)
    with app.test_request_context():
        sheet = sheet_of("invoices", invoices_filters(wanted), "en")
        (row,) = list(sheet.rows)
    line = dict(zip([column.title for column in sheet.columns], row, strict=True))
    assert (line["Number"], line["Kind"], line["Payer"], line["Amount"]) == (
        "10003", "Credit note", "Bergen kommune", -10_000,
    )  # fmt: skip


def test_the_words_of_an_invoice_go_with_it(app: Flask, numbers: dict[int, str]) -> None:
    assert db.session.scalars(select(InvoiceWord.word).where(InvoiceWord.word == "bergen")).all() == ["bergen"] * 3
