"""A payer that wants one invoice a month gets one: a line for each visit, and each visit credited by itself."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import select, update

from booking.agreements.models import Agreement
from booking.bookings.models import Booking, State
from booking.books.journal import AccountRole
from booking.books.sources.invoices import beginnings_in, role_of
from booking.centre.wording import LOCALES
from booking.invoicing.credit import (
    CreditExtent,
    CreditOrder,
    CreditWanted,
    NothingToInvoiceAnew,
    credit,
    credit_and_invoice_anew,
    creditable,
)
from booking.invoicing.document import InvoiceDocument
from booking.invoicing.drafts import WARNED_DAYS, Draft, drafts_of, drafts_that_wait
from booking.invoicing.frozen import from_kept
from booking.invoicing.issue import IssuedInvoice, ReceivableGone, issue_all
from booking.invoicing.models import Collective, DeliverTo, Invoice, InvoicedReceivable, InvoicePayer
from booking.invoicing.payers import PayerTerms
from booking.invoicing.receivables import (
    Receivable,
    ReceivableKind,
    ReceivablePart,
    ReceivablePayer,
    WhyWaiting,
    open_receivables,
)
from booking.invoicing.sentences import lines_of
from booking.invoicing.ubl import ubl
from booking.kernel.database import db, unit_of_work
from booking.running.check import breaches
from booking.visits.models import Visit
from tests.invoicing.owed import TOWN_NUMBER, a_centre_that_invoices, a_class, afterwards
from tests.visits.booked import Centre

ACTOR = "account:1"


def the_town(**known: object) -> None:
    """What is known of the municipality; one invoice a month unless said otherwise."""
    values = {"key": f"number:{TOWN_NUMBER}", "collective": Collective.MONTH} | known
    with unit_of_work():
        db.session.add(InvoicePayer(**values))


def three_classes(references: tuple[str, str, str] = ("12345", "12345", "12345"), days: int = 7) -> Centre:
    """Three classes that come so many days after each other, the first early in a month."""
    centre = a_centre_that_invoices()
    first = centre.on.replace(day=4)
    for n, (name, reference) in enumerate(zip(("6A", "6B", "6C"), references, strict=True)):
        booked = a_class(centre, name, reference)
        later = first - centre.on + timedelta(days=days * n)
        with unit_of_work():
            moved = update(Visit).where(Visit.booking_id == booked.booking_id)
            visit = db.session.scalars(select(Visit).where(Visit.booking_id == booked.booking_id)).one()
            moments = {"arrives_at": visit.arrives_at + later, "leaves_at": visit.leaves_at + later}
            db.session.execute(moved.values(moments))
    return centre


def owed(centre: Centre) -> list[Receivable]:
    """What can be invoiced once all have been."""
    db.session.rollback()
    return open_receivables(centre.facts, afterwards())


def issue_them(centre: Centre) -> list[IssuedInvoice]:
    """One press on all."""
    issued, refused = issue_all([receivable.key for receivable in owed(centre)], centre.facts, afterwards(), ACTOR)
    assert refused == []
    return issued


def document(invoice: IssuedInvoice) -> InvoiceDocument:
    """What it says."""
    return from_kept(db.session.get_one(Invoice, invoice.invoice_id).document)


def lines_credited(invoice: IssuedInvoice, *places: int, credited: int = 0) -> CreditOrder:
    """These lines, wrongly invoiced."""
    return CreditOrder(invoice.invoice_id, CreditWanted(CreditExtent.LINES, places), "Feil", credited)


def all_credited(invoice: IssuedInvoice, credited: int = 0) -> CreditOrder:
    """All that is left of it."""
    return CreditOrder(invoice.invoice_id, CreditWanted(CreditExtent.ALL), "Feil", credited)


def test_a_month_of_visits_is_one_invoice_with_a_line_for_each_visit(app: Flask) -> None:
    centre = three_classes(days=3)
    the_town(street="Rådhusgata 10", postcode="5014", town="Bergen", email="faktura@bergen.example")
    shown = db.session.scalars(select(Booking.total)).all()
    receivables = owed(centre)
    (invoice,) = issue_them(centre)
    printed = document(invoice)
    assert (invoice.payable, printed.settled.gross, printed.reference) == (sum(shown), sum(shown), "12345")
    assert [(line.charge.delivered_on, line.charge.text) for line in printed.settled.lines] == [
        (receivable.on, f"Solbakken skole, {name}, 24 pupils, reference 12345")
        for receivable, name in zip(receivables, ("6A", "6B", "6C"), strict=True)
    ]
    assert (printed.delivered.on, printed.delivered.until) == (receivables[0].on, receivables[-1].on)
    assert (printed.billed_to.address.town, printed.billed_to.email) == ("Bergen", "faktura@bergen.example")
    claimed = db.session.execute(select(InvoicedReceivable.amount, InvoicedReceivable.lines)).all()
    assert (sorted(amount for amount, _lines in claimed), [lines for _amount, lines in claimed]) == (
        sorted(shown), [1, 1, 1],
    )  # fmt: skip
    assert (owed(centre), breaches()) == ([], [])


def test_each_month_is_an_invoice_of_its_own(app: Flask) -> None:
    centre = three_classes(days=31)
    the_town()
    later = afterwards() + timedelta(weeks=12)
    keys = [receivable.key for receivable in open_receivables(centre.facts, later)]
    issued, _refused = issue_all(keys, centre.facts, later, ACTOR)
    months = [{line.charge.delivered_on.month for line in document(invoice).settled.lines} for invoice in issued]  # type: ignore[union-attr]
    first = centre.on.month
    assert months == [{first}, {first % 12 + 1}, {(first + 1) % 12 + 1}]


def test_a_payer_that_wants_it_gets_an_invoice_for_each_reference(app: Flask) -> None:
    centre = three_classes(("12345", "54321", "12345"), days=2)
    the_town(by_reference=True)
    documents = [document(invoice) for invoice in issue_them(centre)]
    assert [(printed.reference, len(printed.settled.lines)) for printed in documents] == [("12345", 2), ("54321", 1)]


def test_unsplit_the_payers_own_reference_stands_above_and_each_line_says_its_own(app: Flask) -> None:
    centre = three_classes(("12345", "54321", ""), days=2)
    the_town(by_reference=False, common_reference="90000")
    (invoice,) = issue_them(centre)
    printed = document(invoice)
    assert printed.reference == "90000"
    assert [line.charge.text.rpartition("reference ")[2] for line in printed.settled.lines[:2]] == ["12345", "54321"]
    assert "reference" not in printed.settled.lines[2].charge.text


def test_unsplit_without_a_reference_for_all_it_waits_and_says_so(app: Flask) -> None:
    centre = three_classes(("12345", "54321", "12345"), days=2)
    the_town(by_reference=False)
    keys = [receivable.key for receivable in owed(centre)]
    issued, refused = issue_all(keys, centre.facts, afterwards(), ACTOR)
    assert (issued, len(refused)) == ([], 3)
    ((_draft, why),) = drafts_that_wait(owed(centre), set_up=True, exempt=True)
    assert why is WhyWaiting.NO_COMMON_REFERENCE


def test_what_waits_by_itself_holds_up_nothing_else_of_the_month(app: Flask) -> None:
    centre = three_classes(("12345", "12", "12345"), days=2)
    the_town()
    keys = [receivable.key for receivable in owed(centre)]
    (invoice,), refused = issue_all(keys, centre.facts, afterwards(), ACTOR)
    assert (len(document(invoice).settled.lines), len(refused), len(owed(centre))) == (2, 1, 1)


def test_what_somebody_has_invoiced_meanwhile_is_told_with_its_number_and_the_rest_goes_out(app: Flask) -> None:
    centre = three_classes(days=2)
    the_town()
    keys = [receivable.key for receivable in owed(centre)]
    (first,), _none = issue_all(keys[:1], centre.facts, afterwards(), ACTOR)
    (second,), refused = issue_all(keys, centre.facts, afterwards(), ACTOR)
    assert (second.number, len(document(second).settled.lines)) == (first.number + 1, 2)
    assert [(refusal.key, refusal.number) for refusal in refused if isinstance(refusal, ReceivableGone)] == [
        (keys[0], first.number)
    ]


@pytest.mark.parametrize(
    ("wishes", "name"),
    [
        ({}, "Solbakken skole"),
        ({"deliver_to": DeliverTo.PAYER}, "Bergen kommune"),
        ({"deliver_to": DeliverTo.NAMED, "deliver_name": "Byrådsavdeling skole"}, "Byrådsavdeling skole"),
    ],
)
def test_whom_it_was_delivered_to_is_as_the_payer_wants_it(app: Flask, wishes: dict[str, object], name: str) -> None:
    centre = three_classes(days=2)
    the_town(**wishes)
    (invoice,) = issue_them(centre)
    assert document(invoice).delivered.name == name


def test_the_legal_entity_is_what_the_payers_page_says(app: Flask) -> None:
    centre = three_classes(days=2)
    the_town(name="Vestland fylkeskommune", org_number="821311632")
    (invoice,) = issue_them(centre)
    billed_to = document(invoice).billed_to
    assert (billed_to.name, billed_to.org_number, billed_to.endpoint and billed_to.endpoint.value) == (
        "Vestland fylkeskommune", "821311632", "821311632",
    )  # fmt: skip


def test_its_xml_says_the_period_and_each_line_its_day(app: Flask) -> None:
    centre = three_classes(days=3)
    the_town()
    days = [receivable.on.isoformat() for receivable in owed(centre)]
    (invoice,) = issue_them(centre)
    part = credit(lines_credited(invoice, 1), centre.facts, afterwards(), ACTOR)
    note = from_kept(db.session.get_one(Invoice, part.note_id).document)
    for of, of_lines in ((document(invoice), days), (note, days[1:2])):
        written = re.findall(r"<cbc:StartDate>(.*)</cbc:StartDate>\s*<cbc:EndDate>(.*)<", ubl(of).decode())
        assert written == [(days[0], days[-1]), *((day, day) for day in of_lines)]


def test_a_visit_whose_line_is_credited_can_be_invoiced_anew_and_the_others_stand(app: Flask) -> None:
    centre = three_classes(days=2)
    the_town()
    keys = [receivable.key for receivable in owed(centre)]
    (invoice,) = issue_them(centre)
    part = credit(lines_credited(invoice, 1), centre.facts, afterwards(), ACTOR)
    assert [receivable.key for receivable in owed(centre)] == [keys[1]]
    (anew,) = issue_them(centre)
    assert anew.payable == part.gross
    rest = credit(all_credited(invoice, part.gross), centre.facts, afterwards(), ACTOR)
    assert rest.gross == invoice.payable - part.gross
    assert [receivable.key for receivable in owed(centre)] == [keys[0], keys[2]]
    assert breaches() == []


def test_a_sum_off_it_frees_nothing(app: Flask) -> None:
    centre = three_classes(days=2)
    the_town()
    (invoice,) = issue_them(centre)
    a_sum = CreditOrder(invoice.invoice_id, CreditWanted(CreditExtent.SUM, gross=100), "Avslag", 0)
    credit(a_sum, centre.facts, afterwards(), ACTOR)
    assert (owed(centre), creditable(invoice.invoice_id).left) == ([], invoice.payable - 100)


def test_all_of_it_is_credited_and_invoiced_anew_as_the_payer_wants_it_now(app: Flask) -> None:
    centre = three_classes(("12345", "54321", "12345"), days=2)
    the_town(by_reference=False, common_reference="90000")
    (invoice,) = issue_them(centre)
    with unit_of_work():
        db.session.execute(update(InvoicePayer).values(by_reference=True))
    issued_note, anew = credit_and_invoice_anew(all_credited(invoice), centre.facts, afterwards(), ACTOR)
    assert (issued_note.gross, sum(invoice.payable for invoice in anew)) == (invoice.payable, invoice.payable)
    assert [document(invoice).reference for invoice in anew] == ["12345", "54321"]
    assert (owed(centre), breaches()) == ([], [])


def test_what_is_not_owed_any_more_is_left_out_of_the_new_one(app: Flask) -> None:
    centre = three_classes(days=2)
    the_town()
    (invoice,) = issue_them(centre)
    bookings = list(db.session.scalars(select(Booking.id).order_by(Booking.id)))
    with unit_of_work():
        db.session.execute(update(Booking).where(Booking.id == bookings[0]).values(state=State.CANCELLED))
    _note, (anew,) = credit_and_invoice_anew(all_credited(invoice), centre.facts, afterwards(), ACTOR)
    assert len(document(anew).settled.lines) == 2
    with unit_of_work():
        db.session.execute(update(Booking).values(state=State.CANCELLED))
    with pytest.raises(NothingToInvoiceAnew):
        credit_and_invoice_anew(all_credited(anew), centre.facts, afterwards(), ACTOR)
    assert db.session.get_one(Invoice, anew.invoice_id).credited == 0


def test_it_gathers_until_its_month_is_over_and_goes_out_before_its_first_visit_is_too_old(app: Flask) -> None:
    centre = three_classes(days=2)
    the_town()
    (draft,) = drafts_of(owed(centre))
    first, limit = draft.first, 20
    days = [first + timedelta(days=n) for n in (3, limit - WARNED_DAYS, limit, limit + 1)]
    told = [(draft.gathers(day, limit), draft.near(day, limit), draft.late(day, limit)) for day in days]
    assert told == [(True, False, False), (False, True, False), (False, True, False), (False, False, True)]
    next_month = date(first.year + first.month // 12, first.month % 12 + 1, 1)
    assert not draft.gathers(next_month, 90)
    assert not Draft(draft.receivables, together=False).gathers(days[0], limit)


def test_lunch_stands_on_the_line_of_its_visit_and_another_rate_or_a_show_on_its_own(app: Flask) -> None:
    day, town = (
        date(2026, 11, 4),
        ReceivablePayer("number:1", "Bergen", "1", "", PayerTerms(collective=Collective.MONTH)),
    )
    parts = (
        ReceivablePart(100, 1200, "6A", 24), ReceivablePart(200, 1200, "6B", 20),
        ReceivablePart(50, 1500, "6A", 24, lunch=True), ReceivablePart(10, 1200, "6B", 20, lunch=True),
        ReceivablePart(30, 1200, "6A", 24, show={"en": "Lightning"}),
        ReceivablePart(40, 1500, "6B", 20, show={"en": "Lightning"}),
    )  # fmt: skip
    visit = Receivable(
        "visit:1:1", ReceivableKind.VISIT, town, 1, "ABC", day, "Fjellet", "", "en", "", "13000001", parts
    )
    fee = replace(visit, kind=ReceivableKind.FEE, reference="12345", order_number="", parts=(ReceivablePart(7, 0),))
    assert [(line.text, line.gross, line.vat_rate) for line in lines_of(visit, "en", together=True)] == [
        ("Fjellet, 6A, 6B, 44 pupils, lunch room, order 13000001", 310, 1200),
        ("Fjellet, Show: Lightning, 6A, order 13000001", 30, 1200),
        ("Fjellet, Lunch room: 6A, order 13000001", 50, 1500),
        ("Fjellet, Show: Lightning, 6B, order 13000001", 40, 1500),
    ]
    for lang in LOCALES:
        for together in (True, False):
            roles = [role_of(line.text, beginnings_in(lang)) for line in lines_of(visit, lang, together=together)]
            income = [AccountRole.PROGRAMME, AccountRole.ACTIVITY, AccountRole.LUNCH, AccountRole.ACTIVITY]
            apart = [AccountRole.PROGRAMME] * 2 + [AccountRole.LUNCH] * 2 + [AccountRole.ACTIVITY] * 2
            assert roles == (income if together else apart), lang
    (line,) = lines_of(fee, "en", together=True)
    assert line.text == "Fjellet, Fee for a visit cancelled late, booking ABC, reference 12345"


def test_a_school_that_pays_itself_is_not_on_its_municipalitys_invoice(app: Flask) -> None:
    centre = three_classes(days=2)
    the_town()
    with unit_of_work():
        db.session.execute(update(Agreement).values(org_number=""))
    assert len(drafts_of(owed(centre))) == 3
