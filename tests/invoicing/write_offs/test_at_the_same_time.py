"""Several who write off, and a bank's file that comes at the same moment: nothing twice, nothing below nought."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Barrier

from flask import Flask
from sqlalchemy import select

from booking.centre.facts import the_centre
from booking.invoicing.bank.take import take_bank_file
from booking.invoicing.credit import CreditExtent, CreditOrder, CreditWanted, credit
from booking.invoicing.models import Invoice
from booking.invoicing.write_offs.write_off import WriteOffOrder, write_off
from booking.kernel import clock
from booking.kernel.database import db
from booking.kernel.refusals import Refusal
from tests.invoicing.bank.books import agree, an_account, came, owed, payment
from tests.invoicing.write_offs.lost import ACTOR, ask_again, left_of, lose, moved, pieces

ROUNDS = 6


def at_once(app: Flask, *acts: Callable[[], object]) -> list[str]:
    """All of them at the same moment, each with a connection of its own; what each came to."""
    barrier = Barrier(len(acts))
    db.session.remove()

    def go(act: Callable[[], object]) -> str:
        with app.app_context():
            try:
                barrier.wait()
                act()
            except Refusal as refusal:
                return type(refusal).__name__
            finally:
                db.session.remove()
            return "done"

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(go, acts))


def test_eight_who_write_off_the_same_do_it_once(app: Flask) -> None:
    an_account()
    invoice = owed(sum=10_000)
    centre, now = the_centre(), clock.now()
    order = WriteOffOrder(invoice.id, 6000, "Konkurs", 10_000)
    answers = at_once(app, *[lambda: write_off(order, centre, now, ACTOR)] * 8)
    assert sorted(answers) == ["LeftChangedMeanwhile"] * 7 + ["done"]
    assert (left_of(invoice.id), len(moved(invoice.id))) == (4000, 1)


def test_eight_who_take_the_same_write_off_back_do_it_once(app: Flask) -> None:
    an_account()
    invoice = owed(sum=10_000)
    lose(invoice.id)
    answers = at_once(app, *[lambda: ask_again(invoice.id)] * 8)
    assert sorted(answers) == ["WriteOffStays"] * 7 + ["done"]
    assert (left_of(invoice.id), len(moved(invoice.id))) == (10_000, 2)


def test_a_write_off_beside_a_bank_file_never_takes_more_than_is_left(app: Flask) -> None:
    an_account()
    centre, now = the_centre(), clock.now()
    for number in range(10_001, 10_001 + ROUNDS):
        invoice = owed(number, sum=10_000)
        file = came(payment(7000, invoice.kid), file=f"MSG-{number}").content
        order = WriteOffOrder(invoice.id, 10_000, "Konkurs", 10_000)
        lost, taken = at_once(
            app, partial(write_off, order, centre, now, ACTOR), partial(take_bank_file, file, ACTOR, now)
        )
        # Either the file came first and the write-off is looked at again, or it takes the write-off back.
        assert (lost, taken) in (("LeftChangedMeanwhile", "done"), ("done", "done"))
        assert left_of(invoice.id) == (3000 if lost != "done" else 0)
        paid, written_off = db.session.execute(
            select(Invoice.paid, Invoice.written_off).where(Invoice.id == invoice.id)
        ).one()
        assert (paid, written_off) == (7000, sum(piece.amount for piece in pieces(invoice.id)))
    agree()


def test_a_write_off_beside_a_credit_note_never_takes_more_than_is_left(app: Flask) -> None:
    an_account()
    centre, now = the_centre(), clock.now()
    for number in range(90_001, 90_001 + ROUNDS):
        invoice = owed(number, sum=10_000)
        order = WriteOffOrder(invoice.id, 10_000, "Konkurs", 10_000)
        note = CreditOrder(invoice.id, CreditWanted(CreditExtent.SUM, gross=4000), "Feil antall", 0)
        lost, noted = at_once(
            app, partial(write_off, order, centre, now, ACTOR), partial(credit, note, centre, now, ACTOR)
        )
        assert (lost, noted) in (("LeftChangedMeanwhile", "done"), ("done", "done"))
        assert left_of(invoice.id) == (6000 if lost != "done" else 0)
