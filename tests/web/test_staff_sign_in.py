"""Password and second factor, passkeys, links; what is refused, and that it is refused alike."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select, update

from booking.kernel import clock
from booking.kernel.database import db, unit_of_work
from booking.records.models import AuditEntry
from booking.staff import accounts
from booking.staff.models import Account, Passkey, Role, SignInCount, SignInWay, StaffSession
from booking.staff.sign_in import HALF_WAY_SECONDS
from tests.builders import a_sale
from tests.support.authenticator import Authenticator
from tests.web.browsing import Visitor, words
from tests.web.staffing import (
    PASSWORD,
    a_colleague,
    a_link,
    add_passkey,
    an_account,
    first_step,
    second_step,
    use_passkey,
)


def is_in(browser: Visitor) -> bool:
    return browser.get("/staff/").status_code == 200


def ways() -> list[SignInWay]:
    db.session.rollback()
    return list(db.session.scalars(select(StaffSession.opened_with).order_by(StaffSession.begun_at)))


def test_password_and_code_open_a_session(app: Flask, visitor: Visitor) -> None:
    a_sale()
    ada = a_colleague(app, signed_in=False)
    assert first_step(visitor, "Ada@Example.org").location.endswith("/staff/sign-in/second")
    assert not is_in(visitor)
    assert second_step(visitor, ada.code()).location.endswith("/staff/")
    assert is_in(visitor)
    assert ways() == [SignInWay.APP]


def test_the_password_alone_opens_nothing(app: Flask, visitor: Visitor) -> None:
    a_sale()
    a_colleague(app, signed_in=False)
    first_step(visitor, "ada@example.org")
    for path in ("/staff/", "/staff/account", "/staff/secure", "/staff/account/passkey"):
        assert visitor.get(path).status_code == 303, path
    assert ways() == []


def test_a_code_works_once(app: Flask, visitor: Visitor) -> None:
    a_sale()
    ada = a_colleague(app, signed_in=False)
    code = ada.code()
    first_step(visitor, ada.email)
    assert second_step(visitor, code).status_code == 303
    other = Visitor(app.test_client())
    first_step(other, ada.email)
    assert second_step(other, code).status_code == 403


def test_a_recovery_code_works_once_however_it_is_typed(app: Flask, visitor: Visitor) -> None:
    a_sale()
    ada = a_colleague(app, signed_in=False)
    typed = f"  {ada.recovery[3].lower().replace('-', ' ').replace('0', 'o')} "
    first_step(visitor, ada.email)
    assert second_step(visitor, typed).status_code == 303
    other = Visitor(app.test_client())
    first_step(other, ada.email)
    assert second_step(other, ada.recovery[3]).status_code == 403
    assert SignInWay.RECOVERY in ways()


def test_the_codes_of_others_open_nothing(app: Flask, visitor: Visitor) -> None:
    a_sale()
    a_colleague(app, signed_in=False)
    bo = a_colleague(app, email="bo@example.org", signed_in=False)
    first_step(visitor, "ada@example.org")
    assert second_step(visitor, bo.code()).status_code == 403
    assert second_step(visitor, bo.recovery[0]).status_code == 403


@pytest.mark.parametrize("code", ["", "x", "000000", "٢٢٢٢٢٢", "😀" * 20, "9" * 5000, "\x00", "' OR 1=1 --"])
def test_a_nonsense_code_gets_a_clear_answer(app: Flask, visitor: Visitor, code: str) -> None:
    a_sale()
    a_colleague(app, signed_in=False)
    first_step(visitor, "ada@example.org")
    answer = second_step(visitor, code)
    assert answer.status_code in (403, 422)
    assert 'class="error"' in answer.get_data(as_text=True) or 'role="alert"' in answer.get_data(as_text=True)


@pytest.mark.parametrize(
    ("email", "password"),
    [
        ("ada@example.org", "feil passord"),
        ("ingen@example.org", PASSWORD),
        ("ada@example.org", "x" * 1000),
        ("ada@example.org", "\x00"),
        ("' OR 1=1 --", "' OR 1=1 --"),
        ("æøå", "ð" * 200),
    ],
)
def test_known_and_unknown_addresses_get_the_same_answer(
    app: Flask, visitor: Visitor, email: str, password: str
) -> None:
    a_sale()
    a_colleague(app, signed_in=False)
    answer = first_step(visitor, email, password)
    assert answer.status_code == 403
    assert "The password is not right" in words(answer)


@pytest.mark.parametrize(("email", "password"), [("", ""), ("a" * 300, "b"), ("a@b.c", "x" * 2000)])
def test_an_empty_or_huge_first_step_is_answered_422(app: Flask, visitor: Visitor, email: str, password: str) -> None:
    a_sale()
    assert first_step(visitor, email, password).status_code == 422


@pytest.mark.parametrize("email", ["ada@example.org", "ingen@example.org"])
def test_the_fifth_wrong_guess_begins_a_wait_for_the_right_one_too(app: Flask, visitor: Visitor, email: str) -> None:
    a_sale()
    a_colleague(app, signed_in=False)
    statuses = [first_step(visitor, email, f"feil {n}").status_code for n in range(6)]
    assert statuses == [403] * 5 + [429]
    answer = first_step(visitor, email)
    assert answer.status_code == 429
    assert "Wait 1 minute" in words(answer)
    with time_machine.travel(clock.now() + timedelta(seconds=61), tick=False):
        assert first_step(visitor, email).status_code == (303 if email.startswith("ada") else 403)


def test_wrong_codes_are_counted_apart_and_the_password_does_not_clear_them(app: Flask, visitor: Visitor) -> None:
    a_sale()
    ada = a_colleague(app, signed_in=False)
    statuses = []
    for _ in range(7):
        first_step(visitor, ada.email)
        statuses.append(second_step(visitor, "000000").status_code)
    assert statuses == [403] * 5 + [429] * 2


def test_one_address_may_guess_thirty_times_an_hour(app: Flask, visitor: Visitor) -> None:
    a_sale()
    statuses = [first_step(visitor, f"nobody{n}@example.org", "feil").status_code for n in range(32)]
    assert statuses == [403] * 30 + [429] * 2
    with time_machine.travel(clock.now() + timedelta(hours=1, seconds=1), tick=False):
        assert first_step(visitor, "nobody@example.org", "feil").status_code == 403


def test_who_signs_in_rightly_is_never_counted_out(app: Flask, visitor: Visitor) -> None:
    a_sale()
    ada = a_colleague(app, signed_in=False)
    for _ in range(8):
        first_step(visitor, ada.email)
        assert second_step(visitor, ada.code()).status_code == 303
    db.session.rollback()
    assert db.session.scalars(select(SignInCount.failures)).all() == [0]


def test_the_counters_name_nobody(app: Flask, visitor: Visitor) -> None:
    a_sale()
    first_step(visitor, "ada@example.org", "feil")
    db.session.rollback()
    assert all(len(key) == 64 and "ada" not in key for key in db.session.scalars(select(SignInCount.key)))


def test_what_is_half_way_ends_after_five_minutes(app: Flask, visitor: Visitor) -> None:
    a_sale()
    ada = a_colleague(app, signed_in=False)
    first_step(visitor, ada.email)
    with time_machine.travel(clock.now() + timedelta(seconds=HALF_WAY_SECONDS + 2), tick=False):
        assert visitor.get("/staff/sign-in/second").status_code == 303
        assert second_step(visitor, ada.code()).status_code == 403


def test_what_is_half_way_ends_when_the_password_changes(app: Flask, visitor: Visitor) -> None:
    a_sale()
    ada = a_colleague(app, signed_in=False)
    first_step(visitor, ada.email)
    with unit_of_work():
        db.session.execute(update(Account).values(password_hash="another"))
    assert second_step(visitor, ada.code()).status_code == 403


@pytest.mark.parametrize("cookie", ["", "x", "gAAAAABqJ", "é", "x" * 3000])
def test_a_made_up_half_way_is_none(app: Flask, visitor: Visitor, cookie: str) -> None:
    a_sale()
    ada = a_colleague(app, signed_in=False)
    visitor.client.set_cookie("staff-half-way", cookie)
    assert visitor.get("/staff/sign-in/second").status_code == 303
    assert second_step(visitor, ada.code()).status_code == 403


def test_an_ended_account_cannot_sign_in(app: Flask, visitor: Visitor) -> None:
    a_sale()
    ada = a_colleague(app, signed_in=False)
    first_step(visitor, ada.email)
    with unit_of_work():
        db.session.execute(update(Account).values(ended_at=clock.now()))
    assert second_step(visitor, ada.code()).status_code == 403
    assert first_step(visitor, ada.email).status_code == 403


def test_a_link_stands_for_the_password_but_not_for_the_second_factor(app: Flask, visitor: Visitor) -> None:
    a_sale()
    ada = a_colleague(app, signed_in=False)
    link = a_link(ada.id)
    visitor.get(link)
    assert visitor.post(link).location.endswith("/staff/sign-in/second")
    assert not is_in(visitor)
    assert second_step(visitor, ada.code()).status_code == 303
    assert "no password" in words(visitor.get("/staff/"))
    assert first_step(Visitor(app.test_client()), ada.email).status_code == 403  # the forgotten one is gone


def test_a_passkey_signs_in_alone(app: Flask, visitor: Visitor) -> None:
    a_sale()
    ada, key = a_colleague(app), Authenticator()
    assert add_passkey(ada.browser, key).status_code == 303
    visitor.get("/staff/sign-in")
    assert use_passkey(visitor, key).location.endswith("/staff/")
    assert is_in(visitor)
    assert ways()[-1] is SignInWay.PASSKEY


@pytest.mark.parametrize(
    "wrong",
    [
        {"origin": "https://evil.example"},
        {"host": "evil.example"},
        {"verifies": False},
        {"key": Authenticator().key},
        {"credential_id": b"somebody else's key, of 32 bytes"},
    ],
)
def test_an_answer_that_is_not_ours_is_refused(app: Flask, visitor: Visitor, wrong: dict[str, object]) -> None:
    a_sale()
    ada, key = a_colleague(app), Authenticator()
    add_passkey(ada.browser, key)
    for name, value in wrong.items():
        setattr(key, name, value)
    visitor.get("/staff/sign-in")
    answer = use_passkey(visitor, key)
    assert answer.status_code == 403
    assert "That passkey did not work" in words(answer)
    assert not is_in(visitor)


def test_an_answer_cannot_be_played_again(app: Flask, visitor: Visitor) -> None:
    a_sale()
    ada, key = a_colleague(app), Authenticator()
    add_passkey(ada.browser, key)
    visitor.get("/staff/sign-in")
    options = json.loads(visitor.get("/staff/sign-in/passkey").get_data(as_text=True))
    cookie = visitor.client.get_cookie("staff-asked")
    assert cookie is not None
    answer = {"credential": key.use(options)}
    assert visitor.post("/staff/sign-in/passkey", answer).status_code == 303
    with unit_of_work():
        db.session.execute(update(Passkey).values(sign_count=0))  # many phones never count
    thief = Visitor(app.test_client())
    thief.get("/staff/sign-in")
    thief.client.set_cookie("staff-asked", cookie.value)
    assert thief.post("/staff/sign-in/passkey", answer).status_code == 403
    assert not is_in(thief)


def test_an_answer_to_an_old_question_or_to_none_is_refused(app: Flask, visitor: Visitor) -> None:
    a_sale()
    ada, key = a_colleague(app), Authenticator()
    add_passkey(ada.browser, key)
    visitor.get("/staff/sign-in")
    answer = visitor.post("/staff/sign-in/passkey", {"credential": key.use({"challenge": "AAAA"})})
    assert answer.status_code == 403
    options = json.loads(visitor.get("/staff/sign-in/passkey").get_data(as_text=True))
    with time_machine.travel(clock.now() + timedelta(minutes=6), tick=False):
        assert visitor.post("/staff/sign-in/passkey", {"credential": key.use(options)}).status_code == 403


@pytest.mark.parametrize(
    "nonsense", ["", "x", "[]", "{}", '{"id": 1}', '{"id": "\\u0000"}', '{"id": "x"}', "[" * 9000, "9" * 30_000, "null"]
)
def test_nonsense_for_a_passkey_is_refused(app: Flask, visitor: Visitor, nonsense: str) -> None:
    a_sale()
    ada = a_colleague(app)
    visitor.get("/staff/sign-in")
    visitor.get("/staff/sign-in/passkey")
    assert visitor.post("/staff/sign-in/passkey", {"credential": nonsense}).status_code == 403
    ada.get("/staff/account")
    ada.get("/staff/account/passkey")
    assert ada.post("/staff/account/passkey", credential=nonsense, password=PASSWORD).status_code == 403


def test_the_passkey_of_an_ended_account_opens_nothing(app: Flask, visitor: Visitor) -> None:
    a_sale()
    a_colleague(app, Role.ADMIN, "boss@example.org")
    ada, key = a_colleague(app), Authenticator()
    add_passkey(ada.browser, key)
    with unit_of_work():
        accounts.end(ada.id, actor="command", now=clock.now())
    visitor.get("/staff/sign-in")
    assert use_passkey(visitor, key).status_code == 403


def test_sessions_know_the_device_and_no_address(app: Flask) -> None:
    a_sale()
    browser, account_id = Visitor(app.test_client()), an_account()
    link = a_link(account_id)
    browser.get(link)
    with app.app_context():
        headers = {"User-Agent": "Mozilla/5.0 (Windows NT 10.0; rv:140.0) Gecko/20100101 Firefox/140.0"}
        browser.client.post(link, data={"csrf_token": browser.token}, headers=headers)
    db.session.rollback()
    assert db.session.scalars(select(StaffSession.device)).one() == "Firefox, Windows"


def test_the_log_knows_of_waits_and_sign_ins_but_no_address(app: Flask, visitor: Visitor) -> None:
    a_sale()
    ada = a_colleague(app, signed_in=False)
    for n in range(5):
        first_step(visitor, ada.email, f"feil {n}")
    db.session.rollback()
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "account.wait")).one()
    assert (entry.actor, entry.subject, entry.after) == ("stranger", f"account:{ada.id}", {"failures": 5})
    assert db.session.scalar(select(func.count()).where(AuditEntry.subject.contains("@"))) == 0


def test_a_strangers_wrong_guesses_do_not_lock_the_owner_out_of_a_known_device(app: Flask, visitor: Visitor) -> None:
    a_sale()
    ada = a_colleague(app, signed_in=False)
    first_step(visitor, ada.email)
    assert second_step(visitor, ada.code()).status_code == 303
    visitor.post("/staff/sign-out")
    stranger = Visitor(app.test_client())
    guesses = [first_step(stranger, ada.email, "wrong and long enough").status_code for _ in range(35)]
    assert guesses[0] == 403
    assert guesses[-1] == 429
    assert (
        first_step(Visitor(app.test_client()), ada.email).status_code == 429
    )  # from an unknown browser, not even hers
    assert first_step(visitor, ada.email).location.endswith("/staff/sign-in/second")


def test_guesses_from_a_known_device_are_counted_by_themselves(app: Flask, visitor: Visitor) -> None:
    a_sale()
    ada = a_colleague(app, signed_in=False)
    first_step(visitor, ada.email)
    second_step(visitor, ada.code())
    visitor.post("/staff/sign-out")
    guesses = [first_step(visitor, ada.email, "wrong and long enough").status_code for _ in range(7)]
    assert guesses == [403, 403, 403, 403, 403, 429, 429]
    assert first_step(Visitor(app.test_client()), ada.email).status_code == 303


def test_a_device_that_is_known_to_one_account_is_a_stranger_to_others(app: Flask, visitor: Visitor) -> None:
    a_sale()
    ada = a_colleague(app, signed_in=False)
    a_colleague(app, email="bo@example.org", signed_in=False)
    first_step(visitor, ada.email)
    second_step(visitor, ada.code())
    visitor.post("/staff/sign-out")
    guesses = [first_step(visitor, "bo@example.org", "wrong and long enough").status_code for _ in range(7)]
    assert guesses[-1] == 429
    assert first_step(Visitor(app.test_client()), "bo@example.org").status_code == 429
