"""The provider's payouts: typed or from its file, each once, in the journal, and taken back when it was a mistake."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from booking.books.closing import close_month
from booking.books.journal import AccountRole
from booking.books.models import PayoutRow
from booking.books.payouts.enter import (
    NoSuchPayout,
    PayoutAlike,
    PayoutReasonWrong,
    PayoutSums,
    PayoutThere,
    PayoutUnlike,
    PayoutWrong,
    TakenPayouts,
    enter_payout,
    take_back_payout,
    take_payout_file,
)
from booking.books.payouts.file import (
    NoPayoutFile,
    NothingPaidOut,
    OtherFileThanPayouts,
    PayoutColumnsMissing,
    PayoutInOtherCurrency,
    PayoutLineBroken,
)
from booking.books.payouts.queries import PayoutFacts, payouts_entered
from booking.centre.facts import the_centre
from booking.kernel import clock
from booking.kernel.database import db
from booking.records.models import AuditEntry
from tests.books.keeping import ACTOR, NEXT_MONTH, TENTH, THIS_MONTH, a_paid_booking, booked, keep_books, later
from tests.books.paid_out import HEAD, line, payout_file
from tests.books.test_closing import sums_of_month
from tests.builders import a_sale

Role = AccountRole
DAY = TENTH


def typed(
    ref: str = "po_1", on: date = DAY, amount: int = 40_000, charges: int = 600, *, another: bool = False
) -> None:
    """Somebody types one."""
    enter_payout(PayoutSums(ref, on, amount, charges), the_centre(), ACTOR, clock.now(), another=another)


def taken(*lines: str) -> TakenPayouts:
    """A file is taken."""
    return take_payout_file(payout_file(*lines), the_centre(), ACTOR, clock.now())


def counting() -> list[PayoutFacts]:
    """Those that were not taken back."""
    db.session.rollback()
    return [payout for payout in payouts_entered() if not payout.is_taken_back]


def back(ref: str, reason: str = "Skrevet feil") -> None:
    """One is taken back."""
    (payout,) = [payout for payout in counting() if payout.ref == ref]
    take_back_payout(payout.payout_id, reason, the_centre(), ACTOR, clock.now())


@pytest.fixture(autouse=True)
def centre(app: Flask) -> None:
    a_sale()
    keep_books()


def test_a_payout_goes_to_the_bank_less_its_charges() -> None:
    typed()
    assert booked() == {Role.BANK: 40_000, Role.CHARGES: 600, Role.PROVIDER: -40_600}
    with pytest.raises(PayoutThere):
        typed()
    with pytest.raises(PayoutThere):
        typed(on=DAY - timedelta(days=1))


def test_a_file_is_taken_once() -> None:
    rows = line("po_7", gross="210.00", fee="3.00"), line("po_7", gross="200.00", fee="3.00"), line("", gross="99.00")
    assert taken(*rows) == TakenPayouts(1, 0)
    assert taken(*rows) == TakenPayouts(0, 1)
    (payout,) = payouts_entered()
    assert (payout.ref, payout.on, payout.amount, payout.charges, payout.rows) == ("po_7", DAY, 40_400, 600, 2)
    assert booked() == {Role.BANK: 40_400, Role.CHARGES: 600, Role.PROVIDER: -41_000}


def test_the_same_day_and_sum_under_another_name_is_asked_about() -> None:
    typed()
    with pytest.raises(PayoutAlike) as refused:
        typed("Stripe 10.")
    assert (refused.value.ref, refused.value.amount) == ("po_1", 40_000)
    typed("Stripe 10.", another=True)
    assert len(counting()) == 2
    with pytest.raises(PayoutAlike):
        typed("Stripe 10. igjen")


def test_what_was_typed_and_is_read_under_another_name_counts_once() -> None:
    typed("Utbetaling tirsdag")
    booked()
    assert taken(line("po_7", gross="406.00", fee="6.00")) == TakenPayouts(0, 0, (("Utbetaling tirsdag", "po_7"),))
    (payout,) = counting()
    assert (payout.ref, payout.amount, payout.charges, payout.rows) == ("po_7", 40_000, 600, 1)
    assert booked() == {Role.BANK: 40_000, Role.CHARGES: 600, Role.PROVIDER: -40_600}
    with pytest.raises(PayoutAlike):
        typed("Utbetaling tirsdag")
    assert taken(line("po_7", gross="406.00", fee="6.00")) == TakenPayouts(0, 1)


def test_what_was_typed_under_the_very_name_gets_the_files_rows() -> None:
    typed("po_7")
    assert taken(line("po_7", gross="406.00", fee="6.00")) == TakenPayouts(0, 1)
    assert [payout.rows for payout in counting()] == [1]


def test_the_files_charges_are_right_where_other_ones_were_typed() -> None:
    typed("Utbetaling", charges=0)
    assert booked() == {Role.BANK: 40_000, Role.PROVIDER: -40_000}
    answer = taken(line("po_7", gross="406.00", fee="6.00"))
    assert answer.put_right == ("po_7",)
    assert booked() == {Role.BANK: 40_000, Role.CHARGES: 600, Role.PROVIDER: -40_600}


def test_two_payouts_of_one_day_and_sum_that_one_file_tells_apart_are_two() -> None:
    lines = line("po_7", gross="406.00", fee="6.00"), line("po_8", gross="406.00", fee="6.00")
    assert taken(*lines) == TakenPayouts(2, 0)
    assert booked()[Role.BANK] == 80_000


def test_two_that_were_typed_and_two_that_are_read_are_two() -> None:
    typed("En")
    typed("To", another=True)
    lines = line("po_7", gross="406.00", fee="6.00"), line("po_8", gross="406.00", fee="6.00")
    assert taken(*lines).typed == (("En", "po_7"), ("To", "po_8"))
    assert booked()[Role.BANK] == 80_000


def test_a_name_that_was_typed_with_another_sum_stops_the_file_until_it_is_taken_back() -> None:
    typed("po_7", amount=4000)
    lines = line("po_6", gross="10.00"), line("po_7", gross="406.00", fee="6.00")
    with pytest.raises(PayoutUnlike) as refused:
        taken(*lines)
    assert (refused.value.entered, refused.value.read) == ((DAY, 4000), (DAY, 40_000))
    assert [payout.ref for payout in counting()] == ["po_7"]
    booked()
    back("po_7")
    answer = taken(*lines)
    assert (answer.new, answer.back) == (1, ("po_7",))
    assert booked() == {Role.BANK: 41_000, Role.CHARGES: 600, Role.PROVIDER: -41_600}


def test_one_of_about_the_same_day_that_has_no_rows_is_pointed_at() -> None:
    typed("Utbetaling", on=DAY - timedelta(days=2))
    taken(line("po_7", gross="406.00", fee="6.00"))
    assert {payout.ref: payout.maybe for payout in counting()} == {"po_7": "", "Utbetaling": "po_7"}


def test_a_payout_entered_by_mistake_is_taken_out_of_its_own_month_while_that_is_open() -> None:
    typed()
    booked()
    with later(30):
        back("po_1")
        assert booked() == {}
        assert sums_of_month(THIS_MONTH).get(Role.BANK, 0) == 0
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "books.payout_taken_back")).one()
    assert (entry.subject, entry.after) == ("payout:po_1", {"reason": "Skrevet feil"})
    (payout,) = payouts_entered()
    assert (payout.is_taken_back, payout.reason) == (True, "Skrevet feil")


def test_in_a_closed_month_it_stays_and_comes_off_in_the_open_one() -> None:
    typed()
    with later(30) as day:
        close_month(THIS_MONTH, the_centre(), day, ACTOR)
        back("po_1")
        assert booked() == {}
        assert sums_of_month(THIS_MONTH)[Role.BANK] == 40_000
        assert sums_of_month(NEXT_MONTH)[Role.BANK] == -40_000


def test_what_was_taken_back_before_it_was_posted_is_in_no_voucher_and_may_be_entered_anew() -> None:
    typed()
    back("po_1")
    assert booked() == {}
    typed(amount=30_000)
    assert booked() == {Role.BANK: 30_000, Role.CHARGES: 600, Role.PROVIDER: -30_600}
    typed("Annen", amount=40_000)
    assert booked()[Role.BANK] == 70_000


def test_what_was_entered_on_the_wrong_day_and_anew_at_once_is_in_the_books_on_its_own_day() -> None:
    with later((NEXT_MONTH - clock.now().date()).days + 3):
        typed()
        booked()
        back("po_1")
        typed(on=NEXT_MONTH)
        assert [(payout.ref, payout.on) for payout in counting()] == [("po_1", NEXT_MONTH)]
        assert booked() == {Role.BANK: 40_000, Role.CHARGES: 600, Role.PROVIDER: -40_600}
        assert sums_of_month(THIS_MONTH).get(Role.BANK, 0) == 0
        assert sums_of_month(NEXT_MONTH)[Role.BANK] == 40_000


def test_what_was_taken_back_under_the_providers_name_and_typed_under_another_is_one() -> None:
    taken(line("po_7", gross="406.00", fee="6.00"))
    back("po_7")
    typed("Utbetaling")
    assert taken(line("po_7", gross="406.00", fee="6.00")).typed == (("Utbetaling", "po_7"),)
    assert [payout.ref for payout in counting()] == ["po_7"]
    assert taken(line("po_7", gross="406.00", fee="6.00")) == TakenPayouts(0, 1)
    assert booked()[Role.BANK] == 40_000


def test_it_is_taken_back_once_and_with_a_reason() -> None:
    typed()
    (payout,) = counting()
    for reason in (" \u200b ", "x" * 201):
        with pytest.raises(PayoutReasonWrong):
            take_back_payout(payout.payout_id, reason, the_centre(), ACTOR, clock.now())
    back("po_1")
    for payout_id in (payout.payout_id, 99):
        with pytest.raises(NoSuchPayout):
            take_back_payout(payout_id, "Feil", the_centre(), ACTOR, clock.now())


def test_what_the_provider_asks_for_its_work_is_a_charge_also_on_a_row_of_its_own() -> None:
    taken(line("po_7", gross="406.00", fee="6.00"), line("po_7", kind="fee", gross="-10.00"))
    assert booked() == {Role.BANK: 39_000, Role.CHARGES: 1600, Role.PROVIDER: -40_600}
    assert [row.gross for row in db.session.scalars(select(PayoutRow).order_by(PayoutRow.id))] == [40_600, 0]


def test_a_payout_of_a_day_to_come_waits_for_it() -> None:
    taken(line("po_7", on=DAY + timedelta(days=2), gross="406.00"))
    assert booked() == {}
    with later(2):
        assert booked()[Role.BANK] == 40_600


LONG = "x" * 81
BROKEN: dict[str, tuple[bytes, type[NoPayoutFile]]] = {
    "nothing": (b"", PayoutColumnsMissing),
    "bytes": (b"\xff\xfe", PayoutColumnsMissing),
    "other columns": (b"name,sum\na,1\n", PayoutColumnsMissing),
    "headings only": (HEAD.encode(), NothingPaidOut),
    "nothing paid out": (payout_file(line("")), NothingPaidOut),
    "no such day": (payout_file("po_1,2026-02-31,charge,nok,1.00,0.10,pi,"), PayoutLineBroken),
    "a day as people write it": (payout_file("po_1,05.11.2026,charge,nok,1.00,0.10,pi,"), PayoutLineBroken),
    "a power": (payout_file("po_1,2026-11-05,charge,nok,1e9,0.10,pi,"), PayoutLineBroken),
    "a formula": (payout_file("po_1,2026-11-05,charge,nok,=1+1,0.10,pi,"), PayoutLineBroken),
    "cut short": (payout_file("po_1,2026-11-05"), PayoutLineBroken),
    "no currency": (payout_file("po_1,2026-11-05,charge,,1.00,0.10,pi,"), PayoutLineBroken),
    "a long name": (payout_file(f"{LONG},2026-11-05,charge,nok,1.00,0.10,pi,"), PayoutLineBroken),
    "no letters": (payout_file(line()) + b"\xff\xff", PayoutLineBroken),
    "a cell without end": (payout_file(f'"{"x" * 200_000},2026-11-05'), PayoutLineBroken),
    "a picture": (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", OtherFileThanPayouts),
    "euros": (payout_file(line(), line(currency="eur")), PayoutInOtherCurrency),
}


@pytest.mark.parametrize("what", BROKEN)
def test_what_is_no_file_of_the_providers_is_refused_whole(what: str) -> None:
    content, refusal = BROKEN[what]
    with pytest.raises(refusal):
        take_payout_file(content, the_centre(), ACTOR, clock.now())
    assert payouts_entered() == []


def test_the_line_that_is_wrong_is_named_as_an_editor_counts_it() -> None:
    with pytest.raises(PayoutInOtherCurrency) as refused:
        taken(line(), "", line("po_9", currency="EUR"))
    assert (refused.value.line, refused.value.currency, refused.value.ours) == (4, "EUR", "NOK")


def test_a_file_that_a_spreadsheet_has_saved_is_read_too() -> None:
    content = payout_file(line("po_7", gross="406.00", fee="6.00")).decode().replace(",", ";").replace(".", ",")
    assert take_payout_file(b"\xef\xbb\xbf" + content.encode(), the_centre(), ACTOR, clock.now()).new == 1
    assert booked()[Role.BANK] == 40_000


@pytest.mark.parametrize(("ref", "amount", "charges"), [("", 1, 0), ("x" * 81, 1, 0), ("po", 0, 0), ("po", 1, -1)])
def test_a_payout_that_cannot_be_is_refused(ref: str, amount: int, charges: int) -> None:
    with pytest.raises(PayoutWrong):
        typed(ref, amount=amount, charges=charges)


def test_what_was_sold_lies_with_the_provider_until_it_is_paid_out(app: Flask) -> None:
    _centre, slot, adult = a_sale()
    a_paid_booking(slot, adult)
    with later(2) as day:
        typed(on=day.date())
        assert booked(day) == {Role.BANK: 40_000, Role.CHARGES: 600, Role.PROVIDER: 1400, Role.PREPAID: -42_000}
