"""What a page costs does not grow with the past: no query of a page or of the worker's rounds reads a whole big table.

The crowd is a tenth of a big centre's ten years; `CROWD=full pytest tests/plans` takes 100,000 slots and 1,000,000
bookings.
"""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from flask.testing import FlaskClient
from sqlalchemy import select, update

from booking.bookings.hold import expire_run_out
from booking.bookings.models import Booking, State
from booking.capacity.availability import entry_between
from booking.capacity.models import Channel, Slot
from booking.centre.facts import the_centre
from booking.closures import letters
from booking.kernel import clock
from booking.kernel.chores import Shift
from booking.kernel.database import db, unit_of_work
from booking.mail.letters.reminders import promise_reminders
from booking.outbox import promises
from booking.outbox.chores import HEARTBEAT
from booking.payments import refunds
from booking.payments.sweep import sweep
from booking.running import forgetting
from booking.running.check import breaches
from booking.staff.models import Role
from booking.staff.sessions import add_account, new_link
from booking.waiting import waiting
from tests.plans.conftest import PART, Crowded
from tests.plans.heard import listening, refuse_long_looks, refuse_whole_tables
from tests.plans.past import the_latest_party, write_a_long_log
from tests.support.crowd import BOOKINGS, SLOTS, Crowd


def free_slot() -> int:
    """An entry time that has room."""
    now = clock.now()
    times = entry_between(now + timedelta(days=2), now + timedelta(days=20), Channel.PUBLIC, now)
    return next(slot.slot_id for slot in times if slot.free > 9 and slot.open)


def an_old_secret(crowd: Crowd, state: State) -> str:
    """The secret of a booking of long ago."""
    value = db.session.scalar(
        select(Booking.secret)
        .where(Booking.id > crowd.first_booking + crowd.bookings // 2, Booking.state == state)
        .order_by(Booking.id)
        .limit(1)
    )
    assert value
    return value


def ok(client: FlaskClient, address: str, status: int = 200) -> None:
    """Open a page that must be there."""
    assert client.get(address).status_code == status, address


def test_the_crowd_breaks_no_invariant_and_is_as_large_as_it_says(crowded: Crowded) -> None:
    # The crowd is years of visits made at once: no night has come yet that would have forgotten whom it should.
    assert [breach for breach in breaches() if not breach.startswith("forgetting overdue")] == []
    assert crowded.crowd.slots >= SLOTS // PART * 0.99
    assert crowded.crowd.bookings == BOOKINGS // PART


@pytest.mark.parametrize(
    "query",
    [
        "",
        "tickets",
        "tickets?month=next",
        "tickets?date={day}",
        "tickets?slot={slot}&party=4",
        "waiting-list?slot={slot}",
    ],
)
def test_choosing_reads_only_what_it_shows(crowded: Crowded, query: str) -> None:
    slot, day = free_slot(), clock.now().date() + timedelta(days=3)
    with listening() as heard:
        ok(crowded.app.test_client(), "/nb/" + query.format(slot=slot, day=day))
    assert heard.statements
    refuse_whole_tables(heard)


def test_a_purchase_from_basket_to_ticket_touches_only_its_own_rows(crowded: Crowded) -> None:
    client, slot = crowded.app.test_client(), free_slot()
    with listening() as heard:
        held = client.post("/nb/tickets", data={"slot": str(slot), f"q-{slot}-1": "2", "party": "2"})
        assert held.status_code == 303
        checkout = held.location
        ok(client, checkout)
        ok(client, f"/nb/tickets?slot={slot}")  # with a basket, the places of one's own are counted too
        assert client.post(f"{checkout}/renew").status_code == 303
        contact = {"name": "Kari Nordmann", "email": "kari@example.org", "terms": "y", "topics": "shows"}
        till = client.post(checkout, data=contact)
        assert till.status_code == 303
        ok(client, till.location)
        secret = checkout.rsplit("/", 1)[1]
        ok(client, f"/nb/b/{secret}")
        # The provider was just asked, and is asked again only after some seconds.
        with time_machine.travel(clock.now() + timedelta(seconds=5)):
            back = client.post(till.location, data={"play": "pay"})
            assert back.status_code == 303
            for page in ("", "/change", "/cancel", "/tickets.pdf", "/receipt.pdf", "/calendar.ics"):
                ok(client, f"/nb/b/{secret}{page}")
            more = client.post(f"/nb/b/{secret}/change", data={"slot": str(slot), f"q-{slot}-1": "3"})
            assert more.status_code == 303
            ok(client, more.location)
            client.post(f"{more.location}/drop")
            assert client.post(f"/nb/b/{secret}/needs", data={"needs": "Rullestol"}).status_code == 303
            assert client.post(f"/nb/b/{secret}/resend").status_code == 303
            assert client.post(f"/nb/b/{secret}/cancel").status_code == 303
    assert len(heard.statements) > 40
    refuse_whole_tables(heard, is_asked_often=True)


@pytest.mark.parametrize("state", [State.CONFIRMED, State.CANCELLED, State.EXPIRED])
def test_an_old_booking_opens_by_its_secret(crowded: Crowded, state: State) -> None:
    secret = an_old_secret(crowded.crowd, state)
    with listening() as heard:
        ok(crowded.app.test_client(), f"/nb/b/{secret}")
    refuse_whole_tables(heard)


def test_finding_and_waiting_read_no_whole_table(crowded: Crowded) -> None:
    client, slot = crowded.app.test_client(), free_slot()
    capacity = db.session.scalars(select(Slot.capacity).where(Slot.id == slot)).one()
    let_it_be(slot, Slot.taken)  # one waits only for what is full
    with listening() as heard:
        ok(client, "/nb/my-booking")
        assert client.post("/nb/my-booking", data={"email": "kari0000007@example.org"}).status_code == 200
        wish = {"around": str(slot), "slot": str(slot), f"q-{slot}-1": "2", "name": "Ola", "email": "ola@example.org"}
        assert client.post("/nb/waiting-list", data=wish).status_code == 303
    let_it_be(slot, capacity)
    refuse_whole_tables(heard, is_asked_often=True)


def let_it_be(slot_id: int, capacity: object) -> None:
    with unit_of_work():
        db.session.execute(update(Slot).where(Slot.id == slot_id).values(capacity=capacity))


def test_what_staff_look_at_all_day_reads_no_whole_table(crowded: Crowded) -> None:
    client = crowded.app.test_client()
    with unit_of_work():
        secret = new_link(add_account("desk@example.org", "Desk", Role.ADMIN, clock.now()), clock.now())
    with listening() as heard:
        client.post(f"/staff/enter/{secret}")
        ok(client, "/staff/?reference=Z0000042")
    refuse_whole_tables(heard)


def signed_in(crowded: Crowded, email: str = "door@example.org") -> FlaskClient:
    """Somebody who may do everything."""
    client = crowded.app.test_client()
    with unit_of_work():
        secret = new_link(add_account(email, "Door", Role.ADMIN, clock.now()), clock.now())
    client.post(f"/staff/enter/{secret}")
    return client


def test_the_desk_reads_only_today(crowded: Crowded) -> None:
    client = signed_in(crowded)
    with listening() as heard:
        for page in ("", "scan", "house", "evacuation", "day", "list.json", "sell"):
            ok(client, f"/staff/desk/{page}")
        for words in ("kari", "kari nordmann", "Z0000042", "kari0000007@example.org", "zzzzz", "4790000000"):
            ok(client, f"/staff/desk/search?q={words}")
    refuse_whole_tables(heard)


def test_a_check_in_touches_only_its_own_party(crowded: Crowded) -> None:
    client, slot = signed_in(crowded), free_slot()
    held = client.post("/nb/tickets", data={"slot": str(slot), f"q-{slot}-1": "2", "party": "2"})
    contact = {"name": "Kari Nordmann", "email": "kari@example.org", "terms": "y"}
    till = client.post(held.location, data=contact)
    ok(client, client.post(till.location, data={"play": "pay"}).location)
    booking_id, code = the_latest_party(slot)
    heads = {f"h-{slot}-1": "1", "reason": "Feil dag"}
    with listening() as heard:
        assert client.post("/staff/desk/scan", data={"code": code, "part": "answer"}).status_code == 409
        ok(client, f"/staff/desk/booking/{booking_id}")
        done = client.post(f"/staff/desk/booking/{booking_id}/admit", data=heads)
        assert done.status_code == 303
        mark = done.location.split("done=")[1].split("#")[0]
        assert client.post(f"/staff/desk/check-in/{mark}/undo").status_code == 303
        assert client.post("/staff/desk/later", json=[]).status_code == 200
    assert len(heard.statements) > 10
    refuse_whole_tables(heard, is_asked_often=True)


def test_the_capacity_view_reads_only_the_days_it_shows(crowded: Crowded) -> None:
    client, slot, day = signed_in(crowded, "look@example.org"), free_slot(), clock.now().date() + timedelta(days=3)
    write_a_long_log()
    with listening() as heard:
        for view in ("day", "week", "month"):
            ok(client, f"/staff/capacity?view={view}")
            ok(client, f"/staff/capacity?view={view}&date={day}&activity=1&space=2")
        ok(client, f"/staff/capacity/slot/{slot}")
        sent = {"version": "1", "capacity": "61", "kept": "0", "note": "Heisen"}
        assert client.post(f"/staff/capacity/slot/{slot}", data=sent).status_code == 303
        assert client.post(f"/staff/capacity/slot/{slot}", data=sent).status_code == 409
    assert len(heard.statements) > 15
    refuse_whole_tables(heard)


def test_closing_a_day_touches_only_that_day_and_whom_it_hits(crowded: Crowded) -> None:
    client, slot = signed_in(crowded, "storm@example.org"), free_slot()
    held = client.post("/nb/tickets", data={"slot": str(slot), f"q-{slot}-1": "2", "party": "2"})
    till = client.post(held.location, data={"name": "Kari Nordmann", "email": "kari@example.org", "terms": "y"})
    client.post(till.location, data={"play": "pay"})
    secret = held.location.rsplit("/", 1)[1]
    ok(client, f"/nb/b/{secret}")
    on = db.session.get_one(Slot, slot).starts_at.date()
    with listening() as heard:
        ok(client, f"/staff/closures/new?look=1&date={on}&why=weather")
        closed = client.post("/staff/closures/new", data={"date": on, "why": "weather"})
        assert closed.status_code == 303
        closure_id = int(closed.location.rsplit("/", 1)[1])
        for page in ("", f"/{closure_id}", f"/{closure_id}/calls"):
            ok(client, f"/staff/closures{page}")
        letters.let_baskets_go(closure_id, clock.now())
        with unit_of_work():
            letters.write_batch(closure_id, 0, clock.now())
        letters.catch_up(clock.now())
        ok(client, f"/nb/b/{secret}/closed")
        ok(client, f"/nb/b/{secret}")
        assert client.post(f"/nb/b/{secret}/closed/refund", data={"what": "all"}).status_code == 303
        assert client.post(f"/staff/closures/{closure_id}/reopen").status_code == 303
    refuse_whole_tables(heard, is_asked_often=True)


def test_accounts_and_the_log_read_no_whole_table(crowded: Crowded) -> None:
    client, email = crowded.app.test_client(), "boss@example.org"
    with unit_of_work():
        account_id = add_account(email, "Boss", Role.ADMIN, clock.now())
        secret = new_link(account_id, clock.now())
    write_a_long_log()
    with listening() as heard:
        client.post("/staff/sign-in", data={"email": email, "password": "feil"})
        client.post(f"/staff/enter/{secret}")
        for page in ("account", "people", f"people/{account_id}", "log"):
            ok(client, f"/staff/{page}")
        for query in ("actor=buyer", "action=booking.cancel", "subject=booking:7", "day=2026-11-01", "below=100"):
            ok(client, f"/staff/log?{query}")
    refuse_whole_tables(heard)


def test_a_day_of_years_ago_is_found_in_the_log_without_going_through_the_years(crowded: Crowded) -> None:
    client = signed_in(crowded)
    write_a_long_log()
    day = (clock.now() - timedelta(days=500)).date()
    with listening() as heard:
        for others in ("", "&actor=buyer", "&action=booking.cancel", "&subject=booking:7", "&below=900000"):
            ok(client, f"/staff/log?day={day}{others}")
    refuse_long_looks(heard, most_rows=2000, most_steps=50)  # of 20,000 entries


def test_the_health_check_reads_no_whole_table(crowded: Crowded) -> None:
    with listening() as heard:
        crowded.app.test_client().get("/healthz")
    refuse_whole_tables(heard)


def test_the_workers_rounds_read_only_what_is_due(crowded: Crowded) -> None:
    now = clock.now()
    with listening() as heard:
        with unit_of_work():
            expire_run_out(now)
        sweep(now + timedelta(hours=1))
        waiting.offer_places(the_centre(), now)
        HEARTBEAT.do(Shift("somebody", False, now))
        with unit_of_work():
            promise_reminders(now)
        with unit_of_work():
            promises.lease("somebody", now)
    refuse_whole_tables(heard, is_asked_often=True)


def test_a_promised_refund_finds_its_payments_by_index(crowded: Crowded) -> None:
    with listening() as heard, unit_of_work():
        refunds.request("promise:0", crowded.crowd.first_booking + 1, 100, "cancel")
    refuse_whole_tables(heard)


def test_forgetting_people_reads_only_those_whose_time_is_over(crowded: Crowded) -> None:
    with listening() as heard:
        forgetting.forget_all(clock.now())
        forgetting.late(clock.now())
    refuse_whole_tables(heard, most_steps=BOOKINGS // PART // 100)  # a tenth of the crowd is to be forgotten
