"""On which day the books have what the bank tells late, what was written off meanwhile, and what people undo."""

from __future__ import annotations

from datetime import date, timedelta

from flask import Flask

from booking.books.closing import close_month, cut_at
from booking.books.differences import balances
from booking.books.journal import AccountRole
from booking.books.posting import book_up, is_behind
from booking.books.sources.moment import PostingCut, last_of, midnight, next_month
from booking.centre.facts import the_centre
from booking.invoicing.bank.by_hand import match_by_hand, undo
from booking.invoicing.bank.take import take_bank_file
from booking.kernel import clock
from booking.kernel.database import db
from tests.books.keeping import ACTOR, TENTH, THIS_MONTH, booked, keep_books, later
from tests.invoicing.bank.books import Owed, an_account, booked_on, came, owed, payment, stored, take
from tests.invoicing.write_offs.lost import lose, moved, pieces

Role = AccountRole


def an_invoice(number: int = 10001) -> Owed:
    """Issued today, over 100.00."""
    today = the_centre().local(clock.now()).date()
    return owed(number, issued_on=today, due_on=today + timedelta(days=14))


def stood(day: date) -> dict[AccountRole, int]:
    """What stood on each account that had something, at the end of a day."""
    cut = PostingCut(the_centre(), None, midnight(the_centre(), day), day)
    db.session.rollback()
    return {role: amount for role, amount in balances(cut).items() if amount}


def test_money_of_last_month_that_was_written_off_is_not_below_nought_at_its_end(app: Flask) -> None:
    an_account()
    keep_books()
    invoice = an_invoice()
    lose(invoice.id)
    with later(30):
        take(booked_on(TENTH + timedelta(days=5), came(payment(10_000, invoice.kid))))
        booked()
    assert pieces(invoice.id)[-1].on == TENTH + timedelta(days=5)
    at_the_end = stood(last_of(THIS_MONTH))
    assert Role.RECEIVABLE not in at_the_end and Role.BAD_DEBT not in at_the_end


def test_money_that_the_bank_books_on_a_day_to_come_is_in_the_books_on_that_day_and_stops_nothing(app: Flask) -> None:
    an_account()
    keep_books()
    invoice, other = an_invoice(), an_invoice(10002)
    lose(other.id)
    today = the_centre().local(clock.now()).date()
    paid = came(payment(10_000, invoice.kid), payment(4000, other.kid))
    take(booked_on(today + timedelta(days=3), paid))
    assert Role.BANK not in booked()
    with later(3):
        stands = booked()
        assert (stands[Role.BANK], stands[Role.BAD_DEBT], Role.RECEIVABLE in stands) == (14_000, 6000, False)


def test_what_was_written_off_after_the_money_came_is_taken_back_on_that_day(app: Flask) -> None:
    an_account()
    keep_books()
    invoice = an_invoice()
    with later(2):
        lose(invoice.id, 3000)
    with later(30) as day:
        lose(invoice.id, 2000)
        take(booked_on(TENTH + timedelta(days=5), came(payment(9000, invoice.kid))))
        booked()
    assert [piece.on for piece in pieces(invoice.id)[2:]] == [TENTH + timedelta(days=5), day.date()]
    assert [amount for _kind, amount in moved(invoice.id)] == [3000, 2000, -3000, -1000]
    assert stood(last_of(THIS_MONTH))[Role.RECEIVABLE] == 1000
    assert Role.RECEIVABLE not in stood(day.date())


def test_money_of_long_ago_is_posted_with_the_next_round_and_so_is_what_it_takes_back(app: Flask) -> None:
    an_account()
    keep_books()
    invoice, other = an_invoice(), an_invoice(10002)
    lose(invoice.id)
    lose(other.id)
    with later(150) as now:
        close_month(next_month(next_month(THIS_MONTH)), the_centre(), now, ACTOR)
        file = booked_on(TENTH + timedelta(days=5), came(payment(10_000, invoice.kid), payment(10_000)))
        take_bank_file(file.content, ACTOR, now)
        assert is_behind(cut_at(the_centre(), now))
        assert book_up(the_centre(), now)
        assert not is_behind(cut_at(the_centre(), now))
    with later(300) as now:
        close_month(next_month(next_month(THIS_MONTH + timedelta(days=150))), the_centre(), now, ACTOR)
        match_by_hand(stored()[1].id, other.number, ACTOR, now)
        assert book_up(the_centre(), now)
        assert not is_behind(cut_at(the_centre(), now))
        assert Role.RECEIVABLE not in booked(now)


def test_what_is_matched_once_more_after_it_was_undone_came_to_the_account_once(app: Flask) -> None:
    an_account()
    keep_books()
    first, second = an_invoice(), an_invoice(10002)
    take(booked_on(TENTH, came(payment(10_000))))
    (row,) = [row.id for row in stored()]
    match_by_hand(row, first.number, ACTOR, clock.now())
    assert booked()[Role.BANK] == 10_000
    with later(40):
        undo(row, ACTOR, clock.now())
        assert Role.BANK not in booked()
    with later(42) as day:
        match_by_hand(row, second.number, ACTOR, clock.now())
        assert booked()[Role.BANK] == 10_000
    assert stood(last_of(THIS_MONTH))[Role.BANK] == 10_000
    assert stood(day.date() - timedelta(days=1)).get(Role.BANK, 0) == 0


def test_what_is_undone_falls_on_the_day_when_somebody_does_so(app: Flask) -> None:
    an_account()
    keep_books()
    invoice = an_invoice()
    take(booked_on(TENTH, came(payment(10_000))))
    (row,) = [row.id for row in stored()]
    match_by_hand(row, invoice.number, ACTOR, clock.now())
    booked()
    with later(40) as day:
        undo(row, ACTOR, clock.now())
        booked()
    assert stood(day.date() - timedelta(days=1)) == {**stood(TENTH)}
    assert stood(day.date())[Role.RECEIVABLE] == 10_000
