"""The office's pages without scripting: lists, a booking, refunds, reports, mail, health, files, and nonsense."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select, update

from booking.bookings.models import Booking
from booking.capacity.models import Channel
from booking.kernel import clock
from booking.kernel.database import db, unit_of_work
from booking.machines.last_runs import keep_check
from booking.outbox.models import Promise, PromiseState
from booking.payments.models import Refund
from booking.records.audit import note
from booking.records.models import AuditEntry
from booking.reports.all import REPORTS
from booking.running.worker import run_once
from booking.settings import settings_of
from booking.staff.models import Account, Role
from tests.builders import a_centre, a_confirmed_booking, a_sale, a_slot, a_ticket_type, an_activity
from tests.web.browsing import Visitor, statements, words
from tests.web.staffing import Colleague, a_colleague, hidden

NONSENSE = ["", " ", "0", "-1", "1,234", "x", "٢", "1_0", "9" * 30, "\x00", "<b>", "🎈", "1e9", "0,00", "--5"]
# What each page reads of its address.
READ = {
    "bookings": ("from", "until", "state", "channel", "activity", "money", "q", "after"),
    "mails": ("state", "kind", "reference", "below"),
    "reports/days": ("from", "until", "against"),
    "reports/vat": ("from", "until", "against"),
}
HOSTILE = '=HYPERLINK("http://x.example","Kari")'


def colleague(app: Flask, role: Role = Role.ADMIN) -> Colleague:
    """Somebody in the office who reads English."""
    me = a_colleague(app, role, f"{role}@example.org", secured=False)
    me.browser.client.environ_base["HTTP_ACCEPT_LANGUAGE"] = "en"
    with unit_of_work():
        db.session.execute(update(Account).where(Account.id == me.id).values(lang="en"))
    return me


def a_paid_booking(app: Flask) -> int:
    """Two tickets, 420 kroner, paid at the demo till."""
    _, slot, adult = a_sale()
    visitor = Visitor(app.test_client())
    visitor.buy(slot, adult)
    return db.session.scalars(select(Booking.id).order_by(Booking.id.desc()).limit(1)).one()


def refunds() -> list[int]:
    db.session.rollback()
    return list(db.session.scalars(select(Refund.amount).order_by(Refund.id)))


def test_the_filters_stay_in_the_address_and_the_pages_go_on(app: Flask) -> None:
    a_centre()
    activity = an_activity(capacity=400)
    slot, adult = a_slot(activity, 400), a_ticket_type(activity)
    for n in range(52):
        a_confirmed_booking(slot, adult, 1, name=f"Kari {n}", channel=Channel.DESK)
    me = colleague(app, Role.DESK)
    page = me.get("/staff/bookings?channel=desk&q=&state=confirmed&money=unpaid")
    assert page.status_code == 200
    assert "Kari 0" in words(page)
    text = page.get_data(as_text=True)
    more = re.search(r'href="(/staff/bookings\?[^"]*after=[^"]*)"', text)
    assert more and "channel=desk" in more[1] and "state=confirmed" in more[1]
    rest = words(me.get(more[1].replace("&amp;", "&")))
    assert "Kari 51" in rest and "Kari 0 " not in rest
    assert '<option value="desk" selected>' in text
    assert "as a file" not in words(page)


def test_the_list_costs_the_same_for_few_and_many(app: Flask) -> None:
    a_centre()
    activity = an_activity(capacity=400)
    slot, adult = a_slot(activity, 400), a_ticket_type(activity)
    me = colleague(app)
    counts = []
    for _ in range(2):
        for _n in range(8):
            a_confirmed_booking(slot, adult, 1, channel=Channel.DESK)
        with statements() as seen:
            me.get("/staff/bookings")
        counts.append(len(seen))
    assert counts[0] == counts[1] <= 6


@pytest.mark.parametrize("nonsense", NONSENSE)
def test_nonsense_in_a_filter_is_no_error(app: Flask, nonsense: str) -> None:
    a_sale()
    me = colleague(app)
    for address, names in READ.items():
        for name in names:
            with app.app_context():
                answer = me.browser.client.get(f"/staff/{address}", query_string={name: nonsense})
            assert answer.status_code in (200, 422), (address, name)
    assert me.get("/staff/bookings?from=2026-02-30").status_code == 422
    assert me.get("/staff/bookings?from=2026-01-01&until=2029-01-01").status_code == 422
    assert me.get("/staff/reports/days?from=2026-03-01&until=2026-02-01").status_code == 422


@pytest.mark.parametrize("address", ["bookings/{}", "work/{}", "work/{}/file", "reports/{}", "reports/days/{}"])
def test_what_is_not_there_is_not_found(app: Flask, address: str) -> None:
    a_sale()
    me = colleague(app)
    for what in (0, 99, 10**18, 2**63, 2**70, "x"):
        assert me.get(f"/staff/{address.format(what)}").status_code == 404


def test_a_booking_shows_its_whole_history(app: Flask) -> None:
    booking = a_paid_booking(app)
    run_once(app)
    page = words(colleague(app).get(f"/staff/bookings/{booking}"))
    for text in ("Kari Nordmann", "NOK 420", "Paid", "Tickets", "Sent", "Places chosen", "Payment: NOK 420"):
        assert text in page


@pytest.mark.parametrize("typed", ["150", "150.50", "150,5", " 150 "])
def test_a_part_is_paid_back_with_a_reason_and_a_letter(app: Flask, typed: str) -> None:
    booking, me = a_paid_booking(app), colleague(app, Role.FINANCE)
    mark = hidden(me.get(f"/staff/bookings/{booking}"), "mark")
    sent = {"how": "part", "amount": typed, "reason": "Showet ble avlyst", "mark": mark}
    for _ in range(2):
        answer = me.post(f"/staff/bookings/{booking}/refund", **sent)
        assert answer.status_code == 303
    run_once(app)
    amount = 15000 if typed.strip() == "150" else 15050
    assert refunds() == [amount]
    page = words(me.get(f"/staff/bookings/{booking}?done=refund"))
    assert "Partly paid back" in page and "Showet ble avlyst" in page
    letters = list((Path(settings_of(app).instance_dir) / "mail").glob("*.eml"))
    newest = max(letters, key=lambda file: file.stat().st_mtime_ns)
    assert "Showet ble avlyst" in newest.read_text()


def test_all_of_it_is_paid_back(app: Flask) -> None:
    booking, me = a_paid_booking(app), colleague(app)
    me.get(f"/staff/bookings/{booking}")
    assert me.post(f"/staff/bookings/{booking}/refund", how="whole", reason="Syk").status_code == 303
    assert refunds() == [42000]
    again = me.post(f"/staff/bookings/{booking}/refund", how="part", amount="1", reason="Syk")
    assert again.status_code == 409
    assert "Nothing is left to pay back" in words(again)


@pytest.mark.parametrize("typed", [*NONSENSE, "421", "420.01", "99999999"])
def test_a_wrong_sum_is_told_and_what_was_typed_is_kept(app: Flask, typed: str) -> None:
    booking, me = a_paid_booking(app), colleague(app)
    me.get(f"/staff/bookings/{booking}")
    answer = me.post(f"/staff/bookings/{booking}/refund", how="part", amount=typed, reason="Fordi det regnet")
    assert answer.status_code in (409, 422)
    assert "Fordi det regnet" in answer.get_data(as_text=True)
    assert refunds() == []


def test_without_a_reason_nothing_is_paid_back(app: Flask) -> None:
    booking, me = a_paid_booking(app), colleague(app)
    me.get(f"/staff/bookings/{booking}")
    answer = me.post(f"/staff/bookings/{booking}/refund", how="part", amount="77", reason=" \x00 ")
    assert answer.status_code == 422
    assert 'value="77"' in answer.get_data(as_text=True)
    assert refunds() == []


def test_a_sum_is_told_even_of_a_booking_that_is_gone_or_never_was(app: Flask) -> None:
    a_paid_booking(app)
    me = colleague(app)
    me.get("/staff/bookings")
    for booking in (99, 10**18, 2**70):
        assert me.post(f"/staff/bookings/{booking}/refund", how="whole", reason="x").status_code == 404


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_a_list_with_a_hostile_name_is_a_harmless_file(app: Flask, form: str) -> None:
    a_centre()
    activity = an_activity()
    a_confirmed_booking(a_slot(activity), a_ticket_type(activity), name=HOSTILE, channel=Channel.DESK)
    me = colleague(app, Role.FINANCE)
    assert "HYPERLINK" in words(me.get("/staff/bookings"))
    answer = me.post("/staff/bookings/export", format=form)
    assert answer.status_code == 200
    assert f".{form}" in answer.headers["Content-Disposition"]
    content = answer.get_data()
    if form == "csv":
        assert content.startswith(b"\xef\xbb\xbf")
        assert b"'=HYPERLINK" in content
        assert answer.headers["Content-Type"].startswith("text/csv")
    else:
        assert content.startswith(b"PK")
    assert db.session.scalar(select(AuditEntry.subject).where(AuditEntry.action == "export.bookings"))


def test_a_long_list_is_the_workers_and_its_file_is_for_who_may(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("booking.exports.sources.AT_ONCE", 1)
    a_centre()
    activity = an_activity()
    slot, adult = a_slot(activity), a_ticket_type(activity)
    for _ in range(3):
        a_confirmed_booking(slot, adult, 1, channel=Channel.DESK)
    money, desk = colleague(app, Role.FINANCE), colleague(app, Role.DESK)
    money.get("/staff/bookings")
    begun = money.post("/staff/bookings/export", format="xlsx")
    assert begun.status_code == 303
    assert money.get(f"{begun.location}/file").status_code == 404
    run_once(app)
    page = money.get(begun.location)
    assert "3 rows" in words(page)
    file = money.get(f"{begun.location}/file")
    assert file.status_code == 200
    assert file.get_data().startswith(b"PK")
    assert file.headers["Cache-Control"] == "no-store"
    assert desk.get(f"{begun.location}/file").status_code == 403


def test_the_file_of_the_log_is_the_administrators_alone(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("booking.exports.sources.AT_ONCE", 1)
    a_paid_booking(app)
    boss, money = colleague(app), colleague(app, Role.FINANCE)
    with unit_of_work():
        note("command", "test.one", "booking:1")
        note("command", "test.two", "booking:1")
    boss.get("/staff/log")
    begun = boss.post("/staff/log/export", format="csv")
    run_once(app)
    assert boss.get(f"{begun.location}/file").status_code == 200
    assert money.get(f"{begun.location}/file").status_code == 403


@pytest.mark.parametrize("slug", REPORTS)
def test_every_report_is_a_page_and_two_files(app: Flask, slug: str) -> None:
    a_paid_booking(app)
    me = colleague(app, Role.FINANCE)
    until = (clock.now() + timedelta(days=9)).date()
    period = f"from={until - timedelta(days=30)}&until={until}"
    for against in ("before", "year", "nothing", "x"):
        assert me.get(f"/staff/reports/{slug}?{period}&against={against}").status_code == 200
    assert me.get(f"/staff/reports/{slug}/csv?{period}").get_data().startswith(b"\xef\xbb\xbf")
    assert me.get(f"/staff/reports/{slug}/xlsx?{period}").get_data().startswith(b"PK")


def test_a_plot_has_a_name_and_a_table_beside_it(app: Flask) -> None:
    a_paid_booking(app)
    until = (clock.now() + timedelta(days=9)).date()
    page = colleague(app).get(f"/staff/reports/days?from={until - timedelta(days=30)}&until={until}")
    text = page.get_data(as_text=True)
    assert 'role="img" aria-labelledby="plot-title plot-about"' in text
    assert '<title id="plot-title">' in text and "<table" in text
    assert "style=" not in text


def test_a_letter_that_did_not_go_says_why_and_is_tried_again(app: Flask) -> None:
    a_paid_booking(app)
    with unit_of_work():
        db.session.execute(update(Promise).values(state=PromiseState.DEAD, last_error="recipient [550] <b>"))
    me = colleague(app)
    page = me.get("/staff/mails?state=dead")
    assert "Cause: recipient [550] <b>" in words(page)
    promise = db.session.scalars(select(Promise.id)).first()
    assert me.post(f"/staff/outbox/{promise}/again").status_code == 303
    db.session.rollback()
    assert db.session.get_one(Promise, promise, populate_existing=True).state is PromiseState.WAITING


def test_a_letter_goes_out_once_more_but_not_twice_for_two_presses(app: Flask) -> None:
    booking, me = a_paid_booking(app), colleague(app, Role.DESK)
    run_once(app)
    page = me.get("/staff/mails")
    assert "Send once more" in words(page)
    promise = db.session.scalars(select(Promise.id).where(Promise.kind == "mail.confirmation")).one()
    second = clock.now()
    for _ in range(2):
        assert me.post(f"/staff/mails/{promise}/resend", booking=str(booking)).status_code == 303
    db.session.rollback()
    again = list(db.session.scalars(select(Promise).where(Promise.key.startswith("resend:"))))
    assert 1 <= len(again) <= 1 + (clock.now() - second).seconds + 1
    assert run_once(app) == len(again)
    for number in (99, 10**18, 2**62):
        assert me.post(f"/staff/mails/{number}/resend").status_code == 303


def test_health_says_what_is_wrong_and_what_is_well(app: Flask) -> None:
    a_sale()
    me = colleague(app)
    first = words(me.get("/staff/health"))
    assert "Something needs attention" in first and "Never run here" in first
    keep_check(["I1/I2 slot 3: counter 2, claims 1"], clock.now())
    assert "I1/I2 slot 3" in words(me.get("/staff/health"))
    keep_check([], clock.now())
    assert "all invariants hold" in words(me.get("/staff/health"))


def test_the_command_leaves_what_it_found_for_the_page(app: Flask) -> None:
    a_sale()
    app.test_cli_runner().invoke(args=["check"])
    page = words(colleague(app).get("/staff/health"))
    assert "all invariants hold" in page


def test_the_desk_sees_a_booking_but_pays_nothing_back(app: Flask) -> None:
    booking, me = a_paid_booking(app), colleague(app, Role.DESK)
    page = me.get(f"/staff/bookings/{booking}")
    assert "Pay money back" not in words(page)
    assert f"/staff/desk/booking/{booking}" in page.get_data(as_text=True)
    assert me.post(f"/staff/bookings/{booking}/refund", how="whole", reason="x").status_code == 403
    assert refunds() == []
