"""What reminders claimed beside an invoice is income once it is paid, and only the rest was paid too much."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import update

from booking.books.accounts import default_chart, named, suggested
from booking.books.closing import AccountsMissing, close_month
from booking.books.journal import AccountRole
from booking.books.models import BooksRules
from booking.centre.facts import the_centre
from booking.invoicing.bank.by_hand import (
    HandMatch,
    InvoiceNotOpen,
    RowSettled,
    match_by_hand,
    take_back_by_hand,
    undo,
    use_over,
)
from booking.invoicing.bank.late import LateSum, late_paid
from booking.invoicing.bank.models import RowState, StoredBankRow
from booking.invoicing.bank.queries import last_files, lately_by_hand, overpaid, waiting_rows
from booking.invoicing.reminders.models import InvoiceReminder, ReminderState
from booking.kernel import clock
from booking.kernel.database import db, unit_of_work
from booking.running.check import breaches
from tests.books.keeping import booked, keep_books, later
from tests.invoicing.bank.books import (
    ACTOR,
    Owed,
    agree,
    an_account,
    came,
    owed,
    payment,
    states,
    stored,
    take,
    went_back,
)

Role = AccountRole


def reminded(invoice: Owed, number: int, fee: int, interest: int) -> None:
    """A reminder went out that claimed so much."""
    with unit_of_work():
        row = InvoiceReminder(
            key=f"{invoice.id}:{number}", invoice_id=invoice.id, number=number, state=ReminderState.SENT,
            promised_at=clock.now(), sent_on=date(2026, 10, 1), pay_by=date(2026, 10, 15), open=10_000,
            interest=interest, fee=fee,
        )  # fmt: skip
        db.session.add(row)


def late(invoice: Owed) -> LateSum:
    """What was paid of fees and interest."""
    db.session.rollback()
    return late_paid([invoice.id]).get(invoice.id, LateSum())


def ids() -> list[int]:
    """Of the rows, in the order in which they came."""
    return [row.id for row in stored()]


def an_invoice_twice_reminded() -> Owed:
    """100.00, a fee of 35.00 each time, and 1.20 and then 2.50 interest in all."""
    an_account()
    keep_books()
    invoice = long_due()
    reminded(invoice, 1, 3500, 120)
    reminded(invoice, 2, 3500, 250)
    return invoice


def long_due(number: int = 10001, sum: int = 10_000) -> Owed:
    """An invoice that was to be paid a month ago."""
    today = the_centre().local(clock.now()).date()
    days = {"issued_on": today - timedelta(days=60), "due_on": today - timedelta(days=30)}
    return owed(number, sum, **days)  # type: ignore[arg-type]  # named


def test_fees_and_interest_that_are_paid_with_the_invoice_are_income(app: Flask) -> None:
    invoice = an_invoice_twice_reminded()
    before = booked()
    taken = take(came(payment(10_000 + 7000 + 250 + 99, invoice.kid)))
    (file,) = last_files("NOK")
    for told in (taken, file):
        assert (told.applied, told.late, told.over, told.waiting) == (10_000, 7250, 99, 0)
    assert late(invoice) == LateSum(7000, 250)
    moved = {role: amount - before.get(role, 0) for role, amount in booked().items() if amount != before.get(role, 0)}
    assert moved == {Role.BANK: 17_349, Role.REMINDER_FEE: -7000, Role.LATE_INTEREST: -250, Role.OVERPAID: -99}
    (row,) = overpaid()
    assert (row.over, row.too_much) == (7349, 99)


def test_they_are_paid_afterwards_the_fees_first_and_never_twice(app: Flask) -> None:
    invoice = an_invoice_twice_reminded()
    take(came(payment(10_000, invoice.kid), file="FIRST"))
    assert late(invoice) == LateSum()
    take(came(payment(7100, invoice.kid), payment(100, invoice.kid), file="SECOND"))
    assert late(invoice) == LateSum(7000, 200)
    take(came(payment(7250, invoice.kid), file="THIRD"))
    assert late(invoice) == LateSum(7000, 250)
    stands = booked()
    assert (stands[Role.REMINDER_FEE], stands[Role.LATE_INTEREST], stands[Role.OVERPAID]) == (-7000, -250, -7200)


def test_what_the_bank_takes_back_is_income_no_more(app: Flask) -> None:
    invoice = an_invoice_twice_reminded()
    take(came(payment(17_250, invoice.kid)))
    booked()
    take(went_back(17_250, invoice.kid))
    assert late(invoice) == LateSum()
    stands = booked()
    assert not {Role.REMINDER_FEE, Role.LATE_INTEREST, Role.OVERPAID, Role.BANK} & set(stands)
    take(came(payment(17_250, invoice.kid), file="AGAIN"))
    assert late(invoice) == LateSum(7000, 250)


def test_what_pays_fees_and_interest_stays_with_them_when_the_rest_is_used(app: Flask) -> None:
    invoice = an_invoice_twice_reminded()
    other = long_due(10002)
    take(came(payment(17_349, invoice.kid)))
    (row,) = ids()
    use_over(row, ACTOR, clock.now())
    agree()
    assert (late(invoice), states()) == (LateSum(7000, 250), [(RowState.WAITING, 10_000, 7250)])
    (waits,) = waiting_rows()
    assert (waits.rest, waits.late) == (99, 7250)
    assert match_by_hand(row, other.number, ACTOR, clock.now()) == HandMatch(10002, 99, 0, "NOK")
    agree()
    assert states() == [(RowState.MATCHED, 10_099, 7250)]
    assert (booked()[Role.REMINDER_FEE], booked()[Role.LATE_INTEREST]) == (-7000, -250)
    undo(row, ACTOR, clock.now())
    agree()
    assert (late(invoice), states()) == (LateSum(7000, 250), [(RowState.MATCHED, 10_000, 7349)])


def test_what_is_wholly_for_fees_and_interest_is_not_free_to_use(app: Flask) -> None:
    invoice = an_invoice_twice_reminded()
    take(came(payment(17_250, invoice.kid)))
    with pytest.raises(RowSettled):
        use_over(ids()[0], ACTOR, clock.now())
    assert late(invoice) == LateSum(7000, 250)


def test_what_is_matched_by_hand_pays_fees_and_interest_as_what_has_the_kid(app: Flask) -> None:
    invoice = an_invoice_twice_reminded()
    before = booked()
    take(came(payment(17_300)))
    (row,) = ids()
    assert match_by_hand(row, invoice.number, ACTOR, clock.now()) == HandMatch(10001, 10_000, 50, "NOK", 7250)
    agree()
    assert (late(invoice), states()) == (LateSum(7000, 250), [(RowState.WAITING, 10_000, 7250)])
    stands = {role: amount - before.get(role, 0) for role, amount in booked().items() if amount != before.get(role, 0)}
    assert stands == {Role.BANK: 17_250, Role.REMINDER_FEE: -7000, Role.LATE_INTEREST: -250}
    undo(row, ACTOR, clock.now())
    agree()
    assert (late(invoice), states()) == (LateSum(), [(RowState.WAITING, 0, 0)])
    assert booked() == before


def test_one_payment_pays_fees_of_several_invoices_by_hand_and_comes_off_all_of_them(app: Flask) -> None:
    first, second = an_invoice_twice_reminded(), long_due(10002, 5000)
    reminded(second, 1, 3500, 0)
    take(came(payment(10_000, first.kid), payment(7250 + 5000 + 3500)))
    row = ids()[1]
    assert match_by_hand(row, first.number, ACTOR, clock.now()) == HandMatch(10001, 0, 8500, "NOK", 7250)
    assert match_by_hand(row, second.number, ACTOR, clock.now()) == HandMatch(10002, 5000, 0, "NOK", 3500)
    agree()
    assert (late(first), late(second)) == (LateSum(7000, 250), LateSum(3500))
    assert lately_by_hand()[0].numbers == (10001, 10002)
    take(came(payment(1), file="MORE"))
    with pytest.raises(InvoiceNotOpen):
        match_by_hand(ids()[2], second.number, ACTOR, clock.now())
    take(went_back(15_750))
    take_back_by_hand(ids()[3], row, ACTOR, clock.now())
    agree()
    assert (late(first), late(second)) == (LateSum(), LateSum())
    booked()


def test_fees_that_somebody_else_has_paid_since_are_not_paid_once_more_by_what_had_not_gone_back(app: Flask) -> None:
    invoice = an_invoice_twice_reminded()
    other = long_due(10002)
    take(came(payment(10_000, invoice.kid), payment(7250, "", debtor="Nabo skole")))
    by_hand = ids()[1]
    match_by_hand(by_hand, invoice.number, ACTOR, clock.now())
    booked()
    take(went_back(7250))
    take_back_by_hand(ids()[2], by_hand, ACTOR, clock.now())
    take(came(payment(7250, invoice.kid), file="KID"))
    undo(ids()[2], ACTOR, clock.now())
    agree()
    assert late(invoice) == LateSum(7000, 250)
    assert states()[1] == (RowState.WAITING, 0, 0)
    assert (booked()[Role.REMINDER_FEE], booked()[Role.BANK]) == (-7000, 17_250)
    assert match_by_hand(by_hand, other.number, ACTOR, clock.now()).applied == 7250


def test_what_was_used_and_undone_between_two_postings_is_in_the_books_as_it_stands(app: Flask) -> None:
    invoice = an_invoice_twice_reminded()
    take(came(payment(17_349, invoice.kid)))
    (row,) = ids()
    assert booked()[Role.REMINDER_FEE] == -7000
    reminded(invoice, 3, 3500, 0)
    use_over(row, ACTOR, clock.now())
    undo(row, ACTOR, clock.now())
    assert late(invoice) == LateSum(7349, 0)
    stands = booked()
    assert (stands[Role.REMINDER_FEE], Role.LATE_INTEREST in stands, Role.OVERPAID in stands) == (-7349, False, False)


def test_without_a_reminder_all_that_is_over_was_too_much(app: Flask) -> None:
    an_account()
    invoice = owed()
    take(came(payment(10_100, invoice.kid)))
    (row,) = overpaid()
    assert (late(invoice), row.too_much) == (LateSum(), 100)


def test_the_check_names_a_row_that_pays_more_of_them_than_was_over(app: Flask) -> None:
    invoice = an_invoice_twice_reminded()
    take(came(payment(17_250, invoice.kid)))
    (row,) = stored()
    with unit_of_work():
        db.session.execute(update(StoredBankRow).values(over=7249, amount=17_249))
    named = f"bank bank row that pays more of fees and interest than was over, row: {row.id}"
    assert named in breaches()


def test_what_pays_fees_and_interest_to_the_last_is_not_called_paid_too_much(app: Flask) -> None:
    invoice = an_invoice_twice_reminded()
    take(came(payment(17_250, invoice.kid)))
    assert (late(invoice), overpaid()) == (LateSum(7000, 250), [])


@pytest.mark.parametrize(("country", "fee", "interest"), [("NO", "3900", "8050"), ("LV", "6510", "8150")])
def test_where_fees_and_interest_go_is_a_suggestion_until_the_accountant_has_decided(
    app: Flask, country: str, fee: str, interest: str
) -> None:
    chart = default_chart(country)
    assert (chart.account_of(Role.REMINDER_FEE, 0), chart.account_of(Role.LATE_INTEREST, 0)) == (fee, interest)
    names = {*named(Role.REMINDER_FEE), *named(Role.LATE_INTEREST)} & {*suggested(chart, {}, country)}
    assert names == {f"account {Role.REMINDER_FEE}", f"account {Role.LATE_INTEREST}"}
    assert suggested(chart, dict.fromkeys(names, fee), country) & names == {f"account {Role.LATE_INTEREST}"}


def test_without_accounts_for_fees_and_interest_the_money_is_taken_and_only_the_close_waits(app: Flask) -> None:
    invoice = an_invoice_twice_reminded()
    chart, both = default_chart("NO"), (Role.REMINDER_FEE, Role.LATE_INTEREST)
    kept = {role: number for role, number in chart.accounts.items() if role not in both}
    with unit_of_work():
        db.session.execute(update(BooksRules).values(accounts=kept))
    take(came(payment(10_000 + 7000 + 250, invoice.kid)))
    assert late(invoice) == LateSum(7000, 250)
    with later(40) as now:
        month = the_centre().local(now).date().replace(day=1) - timedelta(days=1)
        with pytest.raises(AccountsMissing) as refused:
            close_month(month.replace(day=1), the_centre(), now, ACTOR)
    assert {role for role, _rate in refused.value.missing} == {Role.REMINDER_FEE, Role.LATE_INTEREST}
