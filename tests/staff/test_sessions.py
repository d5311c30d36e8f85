"""Sign-in by a link that works once, and sessions that end on the server."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from threading import Barrier, Thread

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select, update

from booking.kernel import clock
from booking.kernel.database import db, unit_of_work
from booking.records.audit import note
from booking.records.models import AuditEntry
from booking.staff.models import Account, Role, SignInLink, StaffSession
from booking.staff.sessions import (
    LINK_LIVES,
    SEEN_EVERY,
    SESSION_LIVES,
    SESSION_RESTS,
    LinkUnknown,
    add_account,
    end_session,
    first_administrator_secret,
    new_link,
    note_use,
    present,
    sessions_of,
    use_link,
)


def a_link(now: datetime, email: str = "kari@example.org", role: Role = Role.DESK) -> str:
    """A fresh one-time secret for an account."""
    with unit_of_work():
        return new_link(add_account(email, "Kari", role, now), now)


def a_session(now: datetime, email: str = "kari@example.org", role: Role = Role.DESK) -> str:
    """The secret of a session that has just begun."""
    link = a_link(now, email, role)
    with unit_of_work():
        return use_link(link, now)


def test_a_link_opens_a_session_of_its_account(app: Flask, now: datetime) -> None:
    here = present(a_session(now, role=Role.FINANCE))
    assert here is not None
    assert (here.name, here.role, here.actor) == ("Kari", Role.FINANCE, f"account:{here.account_id}")


def test_a_link_works_once(app: Flask, now: datetime) -> None:
    link = a_link(now)
    with unit_of_work():
        use_link(link, now)
    with pytest.raises(LinkUnknown), unit_of_work():
        use_link(link, now)


def test_of_many_who_use_a_link_at_once_one_gets_in(app: Flask, now: datetime) -> None:
    link = a_link(now)
    db.session.remove()
    start, answers = Barrier(6), Counter[str]()

    def enter() -> None:
        with app.app_context():
            start.wait()
            try:
                with unit_of_work():
                    use_link(link, now)
                answers["in"] += 1
            except LinkUnknown:
                answers["out"] += 1
            db.session.remove()

    threads = [Thread(target=enter) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == {"in": 1, "out": 5}


@pytest.mark.parametrize(("later", "works"), [(LINK_LIVES - timedelta(seconds=1), True), (LINK_LIVES, False)])
def test_a_link_runs_out_after_a_day(app: Flask, now: datetime, later: timedelta, works: bool) -> None:
    link = a_link(now)
    try:
        with unit_of_work():
            use_link(link, now + later)
    except LinkUnknown:
        assert not works
    else:
        assert works


def test_a_made_up_link_opens_nothing(app: Flask, now: datetime) -> None:
    a_link(now)
    with pytest.raises(LinkUnknown), unit_of_work():
        use_link("0" * 26, now)
    assert db.session.scalar(select(func.count()).select_from(StaffSession)) == 0


def test_the_database_keeps_no_secret(app: Flask, now: datetime) -> None:
    link = a_link(now)
    with unit_of_work():
        session = use_link(link, now)
    kept = [*db.session.scalars(select(SignInLink.digest)), *db.session.scalars(select(StaffSession.digest))]
    assert len(kept) == 2
    assert {link, session}.isdisjoint(kept)


def test_an_ended_session_is_over_at_once(app: Flask, now: datetime) -> None:
    session = a_session(now)
    with unit_of_work():
        end_session(session, now)
    assert present(session) is None


def test_ending_one_session_leaves_the_others(app: Flask, now: datetime) -> None:
    here, there = a_session(now), a_session(now)
    with unit_of_work():
        end_session(here, now)
    assert (present(here), present(there) is not None) == (None, True)


def test_a_session_runs_out_after_half_a_day_of_use(app: Flask, now: datetime) -> None:
    session = a_session(now)
    with unit_of_work():
        note_use(db.session.scalars(select(StaffSession.public_id)).one(), now + SESSION_LIVES - timedelta(minutes=5))
    with time_machine.travel(now + SESSION_LIVES - timedelta(seconds=1), tick=False):
        assert present(session) is not None
    with time_machine.travel(now + SESSION_LIVES, tick=False):
        assert present(session) is None


def test_a_session_that_nobody_uses_ends_by_itself(app: Flask, now: datetime) -> None:
    session = a_session(now)
    account_id = db.session.scalars(select(StaffSession.account_id)).one()
    with time_machine.travel(now + SESSION_RESTS, tick=False):
        assert present(session) is not None
        assert len(sessions_of(account_id, clock.now())) == 1
    # How long ago it was used is known to a few minutes.
    with time_machine.travel(now + SESSION_RESTS + SEEN_EVERY, tick=False):
        assert present(session) is None
        assert sessions_of(account_id, clock.now()) == []


def test_an_account_that_was_ended_has_no_sessions_any_more(app: Flask, now: datetime) -> None:
    session = a_session(now)
    with unit_of_work():
        db.session.execute(update(Account).values(ended_at=now))
    assert present(session) is None


def test_an_account_that_was_ended_cannot_sign_in(app: Flask, now: datetime) -> None:
    link = a_link(now)
    with unit_of_work():
        db.session.execute(update(Account).values(ended_at=now))
    with pytest.raises(LinkUnknown), unit_of_work():
        use_link(link, now)


@pytest.mark.parametrize("secret", ["", "0" * 26, "x", "' OR 1=1 --"])
def test_nobody_is_present_without_a_session(app: Flask, now: datetime, secret: str) -> None:
    a_session(now)
    assert present(secret) is None


def test_a_link_is_no_session(app: Flask, now: datetime) -> None:
    assert present(a_link(now)) is None


def test_the_first_administrator_gets_a_link(app: Flask, now: datetime) -> None:
    secret = first_administrator_secret()
    assert secret is not None
    with unit_of_work():
        session = use_link(secret, now)
    here = present(session)
    assert here is not None
    assert here.role is Role.ADMIN


def test_the_first_administrator_gets_another_link_at_each_start_until_one_was_used(app: Flask, now: datetime) -> None:
    first, second = first_administrator_secret(), first_administrator_secret()
    assert first != second
    assert db.session.scalar(select(func.count()).select_from(Account)) == 1
    with unit_of_work():
        use_link(second or "", now)
    assert first_administrator_secret() is None


def test_links_of_earlier_starts_are_worth_nothing_once_there_is_a_newer(app: Flask) -> None:
    first = first_administrator_secret()
    first_administrator_secret()
    with pytest.raises(LinkUnknown), unit_of_work():
        use_link(first or "", clock.now())


def test_a_signed_in_desk_does_not_make_up_for_a_missing_administrator(app: Flask, now: datetime) -> None:
    a_session(now, role=Role.DESK)
    assert first_administrator_secret() is not None


def test_an_account_is_made_once(app: Flask, now: datetime) -> None:
    ids = set()
    for _ in range(2):
        with unit_of_work():
            ids.add(add_account("kari@example.org", "Kari", Role.DESK, now))
    assert len(ids) == 1


def test_signing_in_is_in_the_log(app: Flask, now: datetime) -> None:
    a_session(now)
    actions = db.session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)).all()
    assert actions == ["account.add", "session.begin"]


def test_what_is_rolled_back_is_not_in_the_log(app: Flask) -> None:
    def break_off() -> None:
        note("buyer", "booking.cancel", "booking:1", {"total": 1}, {"total": 0})
        raise RuntimeError("it failed")

    with pytest.raises(RuntimeError, match="failed"), unit_of_work():
        break_off()
    assert db.session.scalars(select(AuditEntry.action)).all() == []


def test_the_log_keeps_what_was_and_what_became(app: Flask) -> None:
    with unit_of_work():
        note("buyer", "booking.cancel", "booking:1", {"total": 1}, {"total": 0})
    entry = db.session.scalars(select(AuditEntry)).one()
    assert (entry.actor, entry.subject, entry.before, entry.after) == ("buyer", "booking:1", {"total": 1}, {"total": 0})
    assert clock.now() - entry.at < timedelta(seconds=10)
