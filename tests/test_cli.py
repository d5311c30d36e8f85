"""Commands for operators: what they do, what they say, and how they end."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from click.testing import Result
from flask import Flask
from sqlalchemy import func, select, update

from booking.bookings.change import cancel
from booking.bookings.forgetting import FORGETTINGS
from booking.bookings.models import Booking, Line, Ticket
from booking.capacity.models import Slot
from booking.centre.facts import the_centre
from booking.kernel import clock
from booking.kernel.database import db, unit_of_work
from booking.newsletter import subscribers
from booking.newsletter.models import Subscriber
from booking.outbox.models import Promise, PromiseState
from booking.payments import pay
from booking.payments.demo import Play, play
from booking.payments.models import Payment
from booking.settings import settings_of
from booking.staff.models import Account, Role, SignInLink
from booking.staff.sessions import digest
from tests.builders import a_confirmed_booking, a_hold, a_sale
from tests.conftest import settings_for
from tests.support.batches import forget_in_batches_of

ROOT = Path(__file__).resolve().parents[1]


def run(app: Flask, *words: str) -> Result:
    """A command on the app of the test."""
    db.session.rollback()
    return app.test_cli_runner().invoke(args=list(words))


def flask(instance: Path, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """`flask --app app COMMAND` as an operator types it."""
    return subprocess.run(
        [sys.executable, "-m", "flask", "--app", "app", *words],
        cwd=ROOT,
        env=os.environ | {"INSTANCE_DIR": str(instance)} | environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_commands_of_an_operator_from_an_empty_folder(tmp_path: Path) -> None:
    """One long way, since each step is a process of its own."""
    told = []
    for words in (("check",), ("demo", "load", "vizium"), ("check",), ("demo", "load"), ("worker", "--once")):
        done = flask(tmp_path, *words)
        told.append((done.returncode, (done.stdout + done.stderr).strip().splitlines()[-1]))
    assert re.fullmatch(
        r"Did \d+\.", told.pop()[1]
    )  # the files of invoices, and a reminder of tomorrow if there is one
    assert told == [
        (1, "Error: The database has no tables yet: flask --app app migrate"),
        (0, "Loaded vizium."),
        (0, "All invariants hold."),
        (1, "Error: There is a centre in this database already."),
    ]


def test_a_database_that_does_not_answer_is_said_in_a_sentence(tmp_path: Path) -> None:
    done = flask(tmp_path, "check", DATABASE_URL="postgresql://nobody@127.0.0.1:1/none")
    assert done.returncode == 1
    assert done.stderr.startswith("Error: The database refused: ")
    assert "Traceback" not in done.stderr


def test_production_loads_no_demo(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    production = settings_for(
        settings_of(app).database_url,
        Path(app.instance_path),
        MODE="production",
        TRUSTED_PROXIES="1",
        RATE_LIMITS="on",
        PUBLIC_URL="https://tickets.example.org",
        SECRET_KEY="0123456789abcdef0123456789abcdef",
        STRIPE_SECRET_KEY="sk_live_1",
        STRIPE_WEBHOOK_SECRET="whsec_1",
        MAIL_SERVER="mail.example.org",
        MAIL_SENDER="tickets@example.org",
    )
    monkeypatch.setitem(app.extensions, "settings", production)
    done = run(app, "demo", "load")
    assert (done.exit_code, done.output) == (1, "Error: Demo data has no place in production.\n")


def test_check_is_content_with_a_sound_database(app: Flask) -> None:
    _, slot, adult = a_sale()
    a_confirmed_booking(slot, adult)
    done = run(app, "check")
    assert (done.exit_code, done.output) == (0, "All invariants hold.\n")


def test_check_ends_with_1_and_names_the_breach(app: Flask) -> None:
    _, slot, adult = a_sale()
    a_confirmed_booking(slot, adult, 2)
    with unit_of_work():
        db.session.execute(update(Slot).where(Slot.id == slot).values(taken=5))
    done = run(app, "check")
    assert (done.exit_code, done.output) == (1, f"I1/I2 slot {slot}: counter 5, claims 2\n")


def test_check_sees_tickets_that_are_missing(app: Flask) -> None:
    _, slot, adult = a_sale()
    held = a_confirmed_booking(slot, adult, 2)
    with unit_of_work():
        db.session.execute(update(Ticket).where(Ticket.booking_id == held.booking_id).values(void=True))
    done = run(app, "check")
    assert (done.exit_code, done.output) == (1, f"I5 tickets unlike what was bought, booking: {held.booking_id}\n")


def test_worker_once_does_what_is_due(app: Flask) -> None:
    _, slot, adult = a_sale()
    a_confirmed_booking(slot, adult)
    assert run(app, "worker", "--once").output.splitlines()[-1] == "Did 1."
    assert db.session.scalars(select(Promise.state)).one() is PromiseState.DONE


def test_a_sweep_finds_the_money_that_nobody_told_us_of(app: Flask, now: datetime) -> None:
    _, slot, adult = a_sale()
    held = a_hold(slot, adult)
    pay.begin(held.booking_id)
    ref = db.session.scalars(select(Payment.provider_ref)).one()
    with unit_of_work():
        play(ref or "", Play.PAY, now)
    with time_machine.travel(now + timedelta(minutes=10), tick=False):
        assert run(app, "payments", "sweep").output.startswith("Looked at ")
    assert db.session.scalars(select(Booking.state)).one().value == "confirmed"


@pytest.mark.parametrize("role", [role.value for role in Role])
def test_an_account_is_made_and_its_link_printed(app: Flask, role: str) -> None:
    done = run(app, "staff", "add", " Kari@Example.org ", "--role", role, "--name", "Kari")
    secret = done.output.strip().removeprefix("http://localhost/staff/enter/")
    account = db.session.scalars(select(Account)).one()
    assert (account.email, account.name, account.role.value) == ("kari@example.org", "Kari", role)
    assert db.session.get(SignInLink, digest(secret)) is not None


def test_whoever_runs_the_server_can_let_somebody_back_in_who_has_left(app: Flask) -> None:
    run(app, "staff", "add", "kari@example.org", "--role", "desk")
    with unit_of_work():
        db.session.execute(update(Account).values(ended_at=clock.now()))
    run(app, "staff", "add", "kari@example.org", "--role", "admin")
    db.session.rollback()
    kari = db.session.scalars(select(Account).execution_options(populate_existing=True)).one()
    assert (kari.ended_at, kari.role) == (None, Role.ADMIN)


def test_an_account_added_again_gets_a_fresh_link_and_stays_one(app: Flask) -> None:
    links = {run(app, "staff", "add", "kari@example.org", "--role", "desk").output for _ in range(2)}
    assert (len(links), db.session.scalar(select(func.count()).select_from(Account))) == (2, 1)


@pytest.mark.parametrize("email", ["kari", "kari @example.org", "@example.org", "kari@", ""])
def test_an_account_needs_an_address(app: Flask, email: str) -> None:
    done = run(app, "staff", "add", email, "--role", "desk")
    assert (done.exit_code, done.output) == (1, f"Error: “{email}” is no e-mail address.\n")


def test_an_account_needs_a_role_that_exists(app: Flask) -> None:
    assert [run(app, "staff", "add", "a@example.org", *more).exit_code for more in ((), ("--role", "boss"))] == [2, 2]


def personal(booking_id: int) -> tuple[str, str, str, str, str]:
    """What is left of a person on a booking."""
    columns = (Booking.name, Booking.email, Booking.phone, Booking.search, Booking.needs)
    row = db.session.execute(select(*columns).where(Booking.id == booking_id)).one()
    return (row[0], row[1], row[2], row[3], row[4])


def purge_after(app: Flask, **time: float) -> str:
    """`flask privacy purge` so long after now."""
    with time_machine.travel(clock.now() + timedelta(**time), tick=False):
        return run(app, "privacy", "purge").output


def a_visitor_with_needs() -> int:
    """A confirmed booking three days ahead, with something to tell the staff."""
    _, slot, adult = a_sale()
    booking_id = a_confirmed_booking(slot, adult).booking_id
    with unit_of_work():
        theirs = update(Booking).where(Booking.id == booking_id)
        db.session.execute(theirs.values(needs="Wheelchair", phone="+4790000000"))
    return booking_id


def test_before_the_visit_everything_is_kept(app: Flask) -> None:
    booking_id = a_visitor_with_needs()
    before = personal(booking_id)
    assert purge_after(app, days=2).startswith("Cleared ")  # a device's marks and letters kept as files may go before
    assert personal(booking_id) == before


def test_needs_go_the_day_after_the_visit_and_the_contact_stays(app: Flask) -> None:
    booking_id = a_visitor_with_needs()
    assert purge_after(app, days=5) == "Cleared 1.\n"
    assert personal(booking_id)[0::4] == ("Kari Nordmann", "")


def test_many_are_forgotten_in_batches_between_which_others_can_write(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    forget_in_batches_of(2, monkeypatch)
    _, slot, adult = a_sale()
    bookings = [a_confirmed_booking(slot, adult, quantity=1).booking_id for _ in range(5)]
    with time_machine.travel(clock.now() + timedelta(days=100), tick=False):
        (contact,) = [forgetting for forgetting in FORGETTINGS if forgetting.name == "contact of a booking"]
        assert contact.forget_batch(clock.now()) == 2
        assert run(app, "privacy", "purge").output == "Cleared 3.\n"
    assert {personal(booking) for booking in bookings} == {("", "", "", "", "")}


def test_the_contact_goes_90_days_after_the_visit_and_the_accounts_stay(app: Flask) -> None:
    booking_id = a_visitor_with_needs()
    purge_after(app, days=92)
    assert personal(booking_id)[1] == "kari@example.org"
    purge_after(app, days=94)
    assert personal(booking_id) == ("", "", "", "", "")
    assert db.session.scalars(select(Booking.total)).one() == 42000
    counts = [db.session.scalar(select(func.count()).select_from(table)) for table in (Line, Ticket)]
    assert counts == [1, 2]


def test_a_basket_that_was_never_filled_in_goes_after_a_week(app: Flask, now: datetime) -> None:
    _, slot, adult = a_sale()
    a_hold(slot, adult)
    with time_machine.travel(now + timedelta(hours=1), tick=False):
        run(app, "worker", "--once")
    purge_after(app, days=6)
    assert db.session.scalar(select(func.count()).select_from(Booking)) == 1
    purge_after(app, days=8)
    db.session.rollback()
    assert db.session.scalar(select(func.count()).select_from(Booking)) == 0


def test_a_cancelled_booking_is_no_basket(app: Flask, now: datetime) -> None:
    _, slot, adult = a_sale()
    held = a_confirmed_booking(slot, adult)
    with unit_of_work():
        cancel(held.booking_id, centre=the_centre(), now=now)
    purge_after(app, days=200)
    assert db.session.scalars(select(Booking.total)).all() == [42000]


def test_who_never_said_yes_to_the_newsletter_is_forgotten_after_a_month(app: Flask, now: datetime) -> None:
    a_sale()
    with unit_of_work():
        subscribers.ask("yes@example.org", ["shows"], "nb", now)
        subscribers.ask("silent@example.org", ["shows"], "nb", now)
        secret = db.session.scalars(select(Subscriber.secret).where(Subscriber.email == "yes@example.org")).one()
        assert subscribers.confirm(secret, now)
    purge_after(app, days=29)
    assert db.session.scalar(select(func.count()).select_from(Subscriber)) == 2
    purge_after(app, days=31)
    db.session.rollback()
    assert db.session.scalars(select(Subscriber.email)).all() == ["yes@example.org"]
