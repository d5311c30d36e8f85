"""What nobody pays is written off: with a reason, never more than is left, and taken back when it comes after all."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from booking.centre.facts import the_centre
from booking.invoicing.bank.by_hand import match_by_hand, take_back_by_hand, undo
from booking.invoicing.credit import CreditExtent, CreditOrder, CreditWanted, credit
from booking.invoicing.models import IS_OPEN, Invoice
from booking.invoicing.payer.queries import HowItStands, how_it_stands, open_of
from booking.invoicing.queries import issued_one
from booking.invoicing.write_offs.models import InvoiceWriteOff, WriteOffKind
from booking.invoicing.write_offs.write_off import (
    LeftChangedMeanwhile,
    NothingToWriteOff,
    WriteOffOrder,
    WriteOffReasonWrong,
    WriteOffStays,
    WriteOffSumWrong,
    write_off,
)
from booking.kernel import clock
from booking.kernel.database import db, unit_of_work
from booking.kernel.refusals import Refusal
from booking.records.audit import note
from booking.records.models import AuditEntry
from booking.running.check import breaches
from booking.staff import forgetting as staff
from tests.invoicing.bank.books import an_account, came, owed, paid, payment, states, stored, take, went_back, wrong
from tests.invoicing.write_offs.lost import ACTOR, ask_again, left_of, lose, moved, pieces
from tests.support.forgetting import forget

OFF, UNDONE, PAID, GONE, CREDITED, _LAPSED = WriteOffKind


def test_all_that_is_left_is_written_off_with_who_when_and_why(app: Flask) -> None:
    an_account()
    invoice = owed(sum=10_000)
    take(came(payment(4000, invoice.kid)))
    assert lose(invoice.id, reason=" Klubben er\n oppløst ") == 0
    (piece,) = pieces(invoice.id)
    today = the_centre().local(clock.now()).date()
    assert (piece.kind, piece.amount, piece.actor, piece.reason, piece.on) == (
        OFF, 6000, ACTOR, "Klubben er oppløst", today,
    )  # fmt: skip
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "invoice.write_off")).one()
    assert (entry.subject, entry.before, entry.after) == (
        f"invoice:{invoice.id}", {"left": 6000, "written_off": 0},
        {"left": 0, "written_off": 6000, "reason": "Klubben er oppløst"},
    )  # fmt: skip


def test_what_is_written_off_is_asked_of_nobody(app: Flask) -> None:
    an_account()
    invoice = owed(sum=10_000)
    today = the_centre().local(clock.now()).date()
    assert [each.open for each in open_of(1, today) or ()] == [10_000]
    lose(invoice.id)
    facts = issued_one(invoice.id)
    assert facts is not None
    assert (facts.left, facts.overdue(facts.document.due_on + timedelta(days=90))) == (0, False)
    assert how_it_stands(facts, today) is HowItStands.WRITTEN_OFF
    assert db.session.scalars(select(Invoice.id).where(IS_OPEN)).all() == []
    assert open_of(1, today) == []


def test_a_part_is_written_off_and_the_rest_is_still_owed(app: Flask) -> None:
    an_account()
    invoice = owed(sum=10_000)
    assert (lose(invoice.id, 2500), lose(invoice.id, 500)) == (7500, 7000)
    facts = issued_one(invoice.id)
    assert facts is not None
    assert how_it_stands(facts, facts.document.issued_on) is HowItStands.OPEN
    take(came(payment(7000, invoice.kid)))
    assert (states()[0][1:], left_of(invoice.id), moved(invoice.id)) == ((7000, 0), 0, [(OFF, 2500), (OFF, 500)])


@pytest.mark.parametrize(
    ("amount", "reason", "left", "refusal"),
    [
        (10_000, " \n ", 10_000, WriteOffReasonWrong),
        (10_000, "x" * 201, 10_000, WriteOffReasonWrong),
        (0, "Konkurs", 10_000, WriteOffSumWrong),
        (-1, "Konkurs", 10_000, WriteOffSumWrong),
        (10_001, "Konkurs", 10_000, WriteOffSumWrong),
        (9000, "Konkurs", 9000, LeftChangedMeanwhile),
    ],
)
def test_what_cannot_be_written_off_is_refused(
    app: Flask, amount: int, reason: str, left: int, refusal: type[Refusal]
) -> None:
    an_account()
    invoice = owed(sum=10_000)
    with pytest.raises(refusal):
        write_off(WriteOffOrder(invoice.id, amount, reason, left), the_centre(), clock.now(), ACTOR)
    assert (left_of(invoice.id), moved(invoice.id)) == (10_000, [])


def test_of_what_is_paid_and_of_what_is_no_invoice_nothing_is_written_off(app: Flask) -> None:
    an_account()
    invoice = owed(sum=10_000)
    take(came(payment(10_000, invoice.kid)))
    for invoice_id in (invoice.id, 999):
        with pytest.raises(NothingToWriteOff):
            write_off(WriteOffOrder(invoice_id, 1, "Konkurs", 0), the_centre(), clock.now(), ACTOR)


def test_the_database_itself_lets_nobody_write_off_more_than_is_left(app: Flask) -> None:
    an_account()
    invoice = owed(sum=10_000)
    for values in ({"written_off": 10_001}, {"written_off": -1}, {"written_off": 6000, "paid": 4001}):
        with pytest.raises(IntegrityError), unit_of_work():
            db.session.execute(update(Invoice).where(Invoice.id == invoice.id).values(**values))


def test_money_that_comes_after_all_takes_the_write_off_back_by_as_much(app: Flask) -> None:
    an_account()
    invoice = owed(sum=10_000)
    lose(invoice.id)
    take(came(payment(4000, invoice.kid), file="FIRST"))
    assert (paid(invoice), left_of(invoice.id), moved(invoice.id)) == (4000, 0, [(OFF, 10_000), (PAID, -4000)])
    take(came(payment(7000, invoice.kid), file="SECOND"))
    assert (paid(invoice), left_of(invoice.id)) == (10_000, 0)
    assert moved(invoice.id)[2:] == [(PAID, -6000)]
    assert [state[1:] for state in states()] == [(4000, 0), (6000, 1000)]
    facts = issued_one(invoice.id)
    assert facts is not None
    assert how_it_stands(facts, facts.document.issued_on) is HowItStands.PAID
    actions = db.session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)).all()
    assert actions.count("invoice.write_off_recovered") == 2


def test_what_is_still_asked_is_paid_before_what_is_written_off(app: Flask) -> None:
    an_account()
    invoice = owed(sum=10_000)
    lose(invoice.id, 3000)
    take(came(payment(8000, invoice.kid)))
    assert (paid(invoice), left_of(invoice.id), moved(invoice.id)) == (8000, 0, [(OFF, 3000), (PAID, -1000)])


def test_a_payment_without_kid_is_put_on_it_by_hand_and_off_again(app: Flask) -> None:
    an_account()
    invoice = owed(sum=10_000)
    lose(invoice.id)
    take(came(payment(4000)))
    (row,) = stored()
    match_by_hand(row.id, invoice.number, ACTOR, clock.now())
    assert (paid(invoice), moved(invoice.id)) == (4000, [(OFF, 10_000), (PAID, -4000)])
    undo(row.id, ACTOR, clock.now())
    assert (paid(invoice), left_of(invoice.id), moved(invoice.id)[2:]) == (0, 0, [(GONE, 4000)])


def test_what_the_bank_takes_back_of_a_write_off_is_written_off_again(app: Flask) -> None:
    an_account()
    invoice = owed(sum=10_000)
    lose(invoice.id, 6000)
    take(came(payment(9000, invoice.kid)))
    assert moved(invoice.id)[1:] == [(PAID, -5000)]
    take(went_back(9000, invoice.kid))
    assert (paid(invoice), left_of(invoice.id), moved(invoice.id)[2:]) == (0, 4000, [(GONE, 5000)])
    take(came(payment(10_000, invoice.kid), file="MSG-3"))
    assert (left_of(invoice.id), moved(invoice.id)[3:]) == (0, [(PAID, -6000)])
    assert wrong() == []


def test_what_went_back_is_asked_for_when_somebody_has_asked_for_it_since(app: Flask) -> None:
    an_account()
    invoice = owed(sum=10_000)
    lose(invoice.id)
    take(came(payment(4000, invoice.kid)))
    ask_again(invoice.id)
    take(went_back(4000, invoice.kid))
    assert (left_of(invoice.id), moved(invoice.id)[1:]) == (10_000, [(PAID, -4000), (UNDONE, -6000)])


def test_what_went_back_and_was_credited_meanwhile_is_not_written_off_as_well(app: Flask) -> None:
    an_account()
    invoice = owed(90_001, sum=10_000)
    lose(invoice.id)
    take(came(payment(10_000, invoice.kid)))
    wanted = CreditWanted(CreditExtent.SUM, gross=7000)
    credit(CreditOrder(invoice.id, wanted, "Feil antall", 0), the_centre(), clock.now(), ACTOR)
    take(went_back(10_000, invoice.kid))
    assert (left_of(invoice.id), moved(invoice.id)[2:]) == (0, [(GONE, 3000)])


def test_a_payment_that_the_bank_took_back_and_then_not_takes_the_write_off_back(app: Flask) -> None:
    an_account()
    invoice = owed(sum=10_000)
    take(came(payment(10_000, invoice.kid)))
    take(went_back(10_000))
    first, back = stored()
    take_back_by_hand(back.id, first.id, ACTOR, clock.now())
    lose(invoice.id)
    undo(back.id, ACTOR, clock.now())
    assert (paid(invoice), left_of(invoice.id), moved(invoice.id)) == (10_000, 0, [(OFF, 10_000), (PAID, -10_000)])


def test_a_credit_note_takes_of_what_is_left_first_and_then_of_what_is_written_off(app: Flask) -> None:
    an_account()
    invoice = owed(90_001, sum=10_000)
    lose(invoice.id, 6000)
    wanted = CreditWanted(CreditExtent.SUM, gross=7000)
    credit(CreditOrder(invoice.id, wanted, "Feil antall", 0), the_centre(), clock.now(), ACTOR)
    assert (left_of(invoice.id), moved(invoice.id)) == (0, [(OFF, 6000), (CREDITED, -3000)])
    rest = CreditWanted(CreditExtent.ALL)
    credit(CreditOrder(invoice.id, rest, "Feil mottaker", 7000), the_centre(), clock.now(), ACTOR)
    assert (left_of(invoice.id), moved(invoice.id)[2:]) == (0, [(CREDITED, -3000)])


def test_a_person_asks_for_it_again_while_its_month_is_open(app: Flask) -> None:
    an_account()
    invoice = owed(sum=10_000)
    lose(invoice.id, 6000)
    today = the_centre().local(clock.now()).date()
    with pytest.raises(WriteOffStays):
        ask_again(invoice.id, open_from=today + timedelta(days=1))
    assert ask_again(invoice.id, open_from=today) == 6000
    assert (left_of(invoice.id), moved(invoice.id)) == (10_000, [(OFF, 6000), (UNDONE, -6000)])
    for place in (0, 1):
        with pytest.raises(WriteOffStays):
            ask_again(invoice.id, place)
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "invoice.write_off_undone")).one()
    assert (entry.before, entry.after) == ({"left": 4000, "written_off": 6000}, {"left": 10_000, "written_off": 0})


def test_what_was_paid_after_all_is_not_asked_for_again(app: Flask) -> None:
    an_account()
    invoice = owed(sum=10_000)
    lose(invoice.id)
    take(came(payment(4000, invoice.kid)))
    assert ask_again(invoice.id) == 6000
    assert left_of(invoice.id) == 6000
    lose(invoice.id)
    take(came(payment(6000, invoice.kid), file="SECOND"))
    with pytest.raises(WriteOffStays):
        ask_again(invoice.id, place=3)


def test_the_nightly_check_names_what_is_written_off_without_a_row(app: Flask) -> None:
    an_account()
    invoice = owed(sum=10_000)
    lose(invoice.id, 6000)
    named = f"I11 document written off by another sum than its write-offs, number: {invoice.number}"
    assert named not in breaches()
    with unit_of_work():
        db.session.execute(update(InvoiceWriteOff).values(amount=5000))
    assert named in breaches()


def test_a_closed_month_is_said_by_its_day(app: Flask) -> None:
    an_account()
    invoice = owed(sum=10_000)
    lose(invoice.id)
    (piece,) = pieces(invoice.id)
    assert piece.can_be_undone(10_000, None)
    assert not piece.can_be_undone(0, None)
    assert not piece.can_be_undone(10_000, date(2099, 1, 1))


def test_the_log_forgets_why_after_its_time_and_the_invoice_keeps_it(app: Flask) -> None:
    an_account()
    invoice = owed(sum=10_000)
    lose(invoice.id, reason="Kari Nordmann er syk")
    with unit_of_work():
        note(ACTOR, "receivable.let_go", "booking:1", None, {"amount": 1, "reason": "Kari Nordmann er syk"})
    forget(staff.FORGETTINGS, clock.now() + timedelta(days=91))
    of_log = select(AuditEntry.after).where(AuditEntry.action.in_(("invoice.write_off", "receivable.let_go")))
    assert [facts["reason"] for facts in db.session.scalars(of_log) if facts] == ["…", "…"]
    assert pieces(invoice.id)[0].reason == "Kari Nordmann er syk"
