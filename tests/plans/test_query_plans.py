"""What a page costs does not grow with the past: no query of a page or of the worker's rounds reads a whole big table.

The crowd is a tenth of a big centre's ten years; `CROWD=full pytest tests/plans` takes 100,000 slots and 1,000,000
bookings.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, insert, select
from sqlalchemy.engine import Connection

from booking import create_app
from booking.bookings import privacy
from booking.bookings.hold import expire_run_out
from booking.bookings.models import Booking, State
from booking.capacity.availability import entry_between
from booking.capacity.models import Channel, Claim
from booking.check import breaches
from booking.demo.load import load_if_empty
from booking.kernel import clock
from booking.kernel.database import Model, db, unit_of_work
from booking.mail.reminders import promise_reminders
from booking.outbox import promises
from booking.payments import refunds
from booking.payments.sweep import sweep
from booking.staff.models import AuditEntry, Role
from booking.staff.sessions import add_account, new_link
from booking.worker import Worker
from tests.conftest import DATABASES, settings_for
from tests.plans.teachers import go_a_teachers_way
from tests.support.crowd import BOOKINGS, SLOTS, Crowd, make_crowd
from tests.support.postgres import PostgresServer

BIG = frozenset(
    {
        "slot", "draw", "booking", "claim", "line", "ticket", "payment", "refund", "outbox", "audit_entry", "check_in",
        "check_in_line", "booking_word",
    }
)  # fmt: skip
PART = 1 if os.environ.get("CROWD") == "full" else 10
# Indexes over a part of a table that stays small: reading all of one is reading what is due.
SMALL = frozenset(
    str(index.name)
    for table in Model.metadata.sorted_tables
    for index in table.indexes
    if index.dialect_options["sqlite"]["where"] is not None
)


@dataclass
class Crowded:
    """An app whose database has a long past."""

    app: Flask
    crowd: Crowd


@dataclass
class Heard:
    """The statements that the engine ran, each once, with the first values it ran with."""

    statements: dict[str, Any] = field(default_factory=dict)

    def hear(self, _c: Connection, _cur: object, statement: str, values: Any, _ctx: object, many: bool) -> None:  # noqa: ANN401
        if statement.split(None, 1)[0] in ("SELECT", "UPDATE", "DELETE", "WITH", "INSERT"):
            self.statements.setdefault(statement, values[0] if many else values)


@pytest.fixture(scope="module", params=DATABASES)
def crowded(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Crowded]:
    """The demo centre with years behind it."""
    folder = tmp_path_factory.mktemp("crowd")
    if request.param == "sqlite":
        url = f"sqlite:///{folder}/crowd.db"
    else:
        server: PostgresServer = request.getfixturevalue("postgres")
        url = server.create_database(f"crowd_{os.getpid()}")
    app = create_app(settings_for(url, folder))
    app.testing = True
    app.config["WTF_CSRF_ENABLED"] = False
    with app.app_context():
        Model.metadata.create_all(db.engine)
        if request.param == "postgresql":
            with db.engine.begin() as connection:  # as on any disk without moving parts
                connection.exec_driver_sql(f"ALTER DATABASE crowd_{os.getpid()} SET random_page_cost = 1.1")
            db.engine.dispose()
        load_if_empty("vilvite")
        db.session.remove()
        crowd = make_crowd(db.engine, SLOTS // PART, BOOKINGS // PART)
        yield Crowded(app, crowd)
        db.session.remove()
        db.engine.dispose()
    for file in folder.glob("crowd.db*"):
        file.unlink()


@contextmanager
def listening() -> Iterator[Heard]:
    """Hear every statement inside the block."""
    heard = Heard()
    event.listen(db.engine, "before_cursor_execute", heard.hear)
    try:
        yield heard
    finally:
        event.remove(db.engine, "before_cursor_execute", heard.hear)


def refuse_whole_tables(heard: Heard) -> None:
    """Fail with each statement whose plan reads all of a big table."""
    db.session.rollback()
    read = _scans_of_sqlite if db.engine.dialect.name == "sqlite" else _scans_of_postgresql
    found = []
    with db.engine.connect() as connection:
        for statement, values in heard.statements.items():
            found += [f"{scan[:100]}\n{statement[:600]}" for scan in read(connection, statement, values)]
    assert not found, "\n\n".join(found)


def _scans_of_sqlite(connection: Connection, statement: str, values: Any) -> list[str]:  # noqa: ANN401
    plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)
    scans = []
    for row in plan:
        step = re.match(r"SCAN (\w+)(?:.* INDEX (\w+))?", row.detail)
        if step and re.sub(r"_\d+$", "", _aliased(step[1], statement)) in BIG and step[2] not in SMALL:
            scans.append(row.detail)
    return scans


def _aliased(name: str, statement: str) -> str:
    """The table behind a name of the statement."""
    alias = re.search(rf"(\w+) AS {name}\b", statement)
    return alias[1] if alias else name


def _scans_of_postgresql(connection: Connection, statement: str, values: Any) -> list[str]:  # noqa: ANN401
    ((plan,),) = connection.exec_driver_sql(f"EXPLAIN (FORMAT JSON) {statement}", values).all()
    steps = [(plan if isinstance(plan, list) else json.loads(plan))[0]["Plan"]]
    scans = []
    while steps:
        step = steps.pop()
        steps += step.get("Plans", [])
        whole_index = step["Node Type"] in ("Index Scan", "Index Only Scan") and "Index Cond" not in step
        reads_all = step["Node Type"] == "Seq Scan" or (whole_index and step["Index Name"] not in SMALL)
        if reads_all and step["Relation Name"] in BIG:
            scans.append(f"{step['Node Type']} {step['Relation Name']} {step.get('Filter', '')}")
    return scans


def free_slot() -> int:
    """An entry time that has room."""
    now = clock.now()
    times = entry_between(now + timedelta(days=2), now + timedelta(days=20), Channel.PUBLIC, now)
    return next(slot.slot_id for slot in times if slot.free > 9 and slot.open)


def an_old_secret(crowd: Crowd, state: State) -> str:
    """The secret of a booking of long ago."""
    found = db.session.scalar(
        select(Booking.secret)
        .where(Booking.id > crowd.first_booking + crowd.bookings // 2, Booking.state == state)
        .order_by(Booking.id)
        .limit(1)
    )
    assert found
    return found


def ok(client: FlaskClient, address: str, status: int = 200) -> None:
    """Open a page that must be there."""
    assert client.get(address).status_code == status, address


def test_the_crowd_breaks_no_invariant_and_is_as_large_as_it_says(crowded: Crowded) -> None:
    assert breaches() == []
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
    refuse_whole_tables(heard)


@pytest.mark.parametrize("state", [State.CONFIRMED, State.CANCELLED, State.EXPIRED])
def test_an_old_booking_opens_by_its_secret(crowded: Crowded, state: State) -> None:
    secret = an_old_secret(crowded.crowd, state)
    with listening() as heard:
        ok(crowded.app.test_client(), f"/nb/b/{secret}")
    refuse_whole_tables(heard)


def test_finding_and_waiting_read_no_whole_table(crowded: Crowded) -> None:
    client, slot = crowded.app.test_client(), free_slot()
    with listening() as heard:
        ok(client, "/nb/my-booking")
        assert client.post("/nb/my-booking", data={"email": "kari0000007@example.org"}).status_code == 200
        wish = {"around": str(slot), "slot": str(slot), f"q-{slot}-1": "2", "name": "Ola", "email": "ola@example.org"}
        assert client.post("/nb/waiting-list", data=wish).status_code == 303
    refuse_whole_tables(heard)


def test_what_staff_look_at_all_day_reads_no_whole_table(crowded: Crowded) -> None:
    client = crowded.app.test_client()
    with unit_of_work():
        secret = new_link(add_account("desk@example.org", "Desk", Role.ADMIN, clock.now()), clock.now())
    with listening() as heard:
        client.post(f"/staff/enter/{secret}")
        ok(client, "/staff/?reference=Z0000042")
    refuse_whole_tables(heard)


def signed_in(crowded: Crowded) -> FlaskClient:
    """Somebody at the desk."""
    client = crowded.app.test_client()
    with unit_of_work():
        secret = new_link(add_account("door@example.org", "Door", Role.ADMIN, clock.now()), clock.now())
    client.post(f"/staff/enter/{secret}")
    return client


def a_party_now(slot_id: int) -> tuple[int, str]:
    """A booking whose time is now: (id, code)."""
    with unit_of_work():
        booking_id, code = db.session.execute(
            select(Booking.id, Booking.code).join(Claim, Claim.booking_id == Booking.id).where(Claim.slot_id == slot_id)
        ).first() or (0, "")
    assert code
    return booking_id, code


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
    client.post(till.location, data={"play": "pay"})
    booking_id, code = a_party_now(slot)
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
    refuse_whole_tables(heard)


def write_a_long_log() -> None:
    """Some years of it."""
    now = clock.now()
    rows = [
        {
            "at": now - timedelta(hours=number),
            "actor": ("buyer", "worker", f"account:{number % 30}")[number % 3],
            "action": f"booking.{('cancel', 'change', 'resend', 'refund', 'needs')[number % 5]}",
            "subject": f"booking:{number}",
        }
        for number in range(20_000, 0, -1)
    ]
    db.session.execute(insert(AuditEntry), rows)


def test_accounts_and_the_log_read_no_whole_table(crowded: Crowded) -> None:
    client, email = crowded.app.test_client(), "boss@example.org"
    with unit_of_work():
        account_id = add_account(email, "Boss", Role.ADMIN, clock.now())
        secret = new_link(account_id, clock.now())
        write_a_long_log()
    with db.engine.begin() as connection:
        connection.exec_driver_sql("ANALYZE audit_entry")
    with listening() as heard:
        client.post("/staff/sign-in", data={"email": email, "password": "feil"})
        client.post(f"/staff/enter/{secret}")
        for page in ("account", "people", f"people/{account_id}", "log"):
            ok(client, f"/staff/{page}")
        for asked in ("actor=buyer", "action=booking.cancel", "subject=booking:7", "day=2026-11-01", "below=100"):
            ok(client, f"/staff/log?{asked}")
    refuse_whole_tables(heard)


def test_the_health_check_reads_no_whole_table(crowded: Crowded) -> None:
    with listening() as heard:
        crowded.app.test_client().get("/healthz")
    refuse_whole_tables(heard)


def test_the_workers_rounds_read_only_what_is_due(crowded: Crowded) -> None:
    now, worker = clock.now(), Worker(crowded.app)
    with listening() as heard:
        with unit_of_work():
            expire_run_out(now)
        sweep(now + timedelta(hours=1))
        worker._offer_places(now)
        worker._beat(now)
        with unit_of_work():
            promise_reminders(now)
        with unit_of_work():
            promises.lease("somebody", now)
    refuse_whole_tables(heard)


def test_a_promised_refund_finds_its_payments_by_index(crowded: Crowded) -> None:
    with listening() as heard, unit_of_work():
        refunds.request("promise:0", crowded.crowd.first_booking + 1, 100, "cancel")
    refuse_whole_tables(heard)


def test_forgetting_people_reads_only_those_whose_time_is_over(crowded: Crowded) -> None:
    with listening() as heard, unit_of_work():
        privacy.purge(clock.now())
    refuse_whole_tables(heard)


def test_a_teachers_way_touches_only_its_own_rows(crowded: Crowded) -> None:
    with listening() as heard:
        go_a_teachers_way(crowded.app.test_client())
    refuse_whole_tables(heard)
