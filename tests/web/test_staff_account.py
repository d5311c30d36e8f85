"""My account: everything I may change about myself, and that I cannot reach anybody else's."""

from __future__ import annotations

import dataclasses
import re
from datetime import timedelta

import pyotp
import pytest
from flask import Flask
from sqlalchemy import func, select, update

from booking.kernel import clock
from booking.kernel.database import db, unit_of_work
from booking.records.models import AuditEntry
from booking.settings import Mode, settings_of
from booking.staff.models import Account, Passkey, RecoveryCode, Role, StaffSession
from booking.staff.sessions import new_link, use_link
from tests.builders import a_sale
from tests.support.authenticator import Authenticator
from tests.web.browsing import Visitor, words
from tests.web.staffing import (
    PASSWORD,
    Colleague,
    a_colleague,
    add_passkey,
    first_step,
    hidden,
    password_hash,
    public_ids,
    second_step,
)

NEW = "elleve grå måker over Bryggen"


def actions() -> list[str]:
    db.session.rollback()
    return list(db.session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)))


def account_of(colleague: Colleague) -> Account:
    db.session.rollback()
    return db.session.get_one(Account, colleague.id, populate_existing=True)


def enrol(ada: Colleague) -> tuple[pyotp.TOTP, str]:
    """Open the authenticator page; the app that scanned it, and the sealed secret."""
    page = ada.get("/staff/account/authenticator")
    key = re.search(r'class="code key">([^<]+)<', page.get_data(as_text=True))
    assert key
    return pyotp.TOTP(key[1].replace(" ", "")), hidden(page, "sealed")


def test_an_account_is_secured_from_a_link_to_the_recovery_codes(app: Flask) -> None:
    a_sale()
    ada = a_colleague(app, secured=False)
    assert "Secure your account" in words(ada.get("/staff/"))
    assert "Later" in words(ada.get("/staff/secure"))
    assert ada.post("/staff/account/password", new=NEW).location.endswith("/staff/secure")
    app_of_ada, sealed = enrol(ada)
    answer = ada.post("/staff/account/authenticator", sealed=sealed, code=app_of_ada.now())
    codes = re.findall(r'class="code">([0-9A-Z-]{19})<', answer.get_data(as_text=True))
    assert len(set(codes)) == 10
    assert ada.get("/staff/secure").status_code == 303
    assert "Secure your account" not in words(ada.get("/staff/"))
    other = Visitor(app.test_client())
    assert first_step(other, ada.email, NEW).status_code == 303
    assert second_step(other, codes[0]).status_code == 303
    assert actions()[2:] == ["password.set", "app.enrol", "recovery.renew", "recovery.use", "session.begin"]


@pytest.fixture
def in_production(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same app as it treats accounts in production."""
    strict = dataclasses.replace(settings_of(app), mode=Mode.PRODUCTION)
    monkeypatch.setitem(app.extensions, "settings", strict)


@pytest.mark.usefixtures("in_production")
def test_in_production_nothing_else_opens_until_the_account_is_secured(app: Flask) -> None:
    a_sale()
    ada = a_colleague(app, Role.ADMIN, secured=False)
    for path in ("/staff/", "/staff/account", "/staff/people", "/staff/log", "/staff/mail/x"):
        assert str(ada.get(path).location).endswith("/staff/secure"), path
    ada.get("/staff/secure")
    for path in ("/staff/account", "/staff/people", "/staff/account/recovery", "/staff/outbox/1/again"):
        assert ada.post(path).location.endswith("/staff/secure"), path
    ada.post("/staff/account/password", new=NEW)
    assert ada.get("/staff/").status_code == 303
    app_of_ada, sealed = enrol(ada)
    ada.post("/staff/account/authenticator", sealed=sealed, code=app_of_ada.now())
    assert ada.get("/staff/").status_code == 200


@pytest.mark.usefixtures("in_production")
def test_in_production_a_password_alone_leads_to_the_second_factor(app: Flask, visitor: Visitor) -> None:
    a_sale()
    ada = a_colleague(app, secured=False)
    ada.get("/staff/secure")
    ada.post("/staff/account/password", new=NEW)
    assert first_step(visitor, ada.email, NEW).status_code == 303
    assert visitor.get("/staff/").location.endswith("/staff/secure")


@pytest.mark.parametrize(
    ("password", "sentence"),
    [
        ("", "Enter a new password"),
        ("fjorten tegn.", "at least 15"),
        ("passwordpassword", "easy to guess"),
        ("aaaaaaaaaaaaaaaaaaaa", "easy to guess"),
        ("123456789012345", "easy to guess"),
        ("adaadaadaadaadaada", "easy to guess"),
        ("ad" * 150, "at most 200"),
        ("ad" * 800, "too long"),
    ],
)
def test_a_weak_password_is_refused_with_what_to_do(app: Flask, password: str, sentence: str) -> None:
    a_sale()
    ada = a_colleague(app, secured=False)
    ada.get("/staff/secure")
    answer = ada.post("/staff/account/password", new=password)
    assert answer.status_code == 422
    assert sentence in words(answer)
    assert account_of(ada).password_hash is None


def test_another_password_asks_for_the_old_one_and_ends_the_other_sessions(app: Flask) -> None:
    a_sale()
    ada = a_colleague(app)
    with unit_of_work():
        use_link(new_link(ada.id, clock.now()), clock.now())
        db.session.execute(update(Account).values(password_hash=password_hash()))  # the link had cleared it
    ada.get("/staff/account/password")
    assert ada.post("/staff/account/password", old="feil", new=NEW).status_code == 403
    assert ada.post("/staff/account/password", new=NEW).status_code == 422
    assert len(public_ids(ada.id)) == 2
    assert ada.post("/staff/account/password", old=PASSWORD, new=NEW).location.endswith("/staff/account")
    assert len(public_ids(ada.id)) == 1
    assert first_step(Visitor(app.test_client()), ada.email).status_code == 403
    assert first_step(Visitor(app.test_client()), ada.email, NEW).status_code == 303


def test_the_old_password_cannot_be_guessed_for_ever(app: Flask) -> None:
    a_sale()
    ada = a_colleague(app)
    ada.get("/staff/account")
    statuses = [ada.post("/staff/account/recovery", password=f"feil {n}").status_code for n in range(6)]
    assert statuses == [403] * 5 + [429]
    assert ada.post("/staff/account/recovery", password=PASSWORD).status_code == 429


def test_new_recovery_codes_take_the_place_of_the_old(app: Flask, visitor: Visitor) -> None:
    a_sale()
    ada = a_colleague(app)
    ada.get("/staff/account")
    assert ada.post("/staff/account/recovery", password="").status_code == 422
    assert ada.post("/staff/account/recovery", password=PASSWORD).status_code == 200
    assert db.session.scalar(select(func.count()).select_from(RecoveryCode)) == 10
    first_step(visitor, ada.email)
    assert second_step(visitor, ada.recovery[0]).status_code == 403


def test_the_database_keeps_no_secret_in_the_clear(app: Flask) -> None:
    a_sale()
    ada = a_colleague(app)
    kept = account_of(ada)
    assert ada.app.secret not in (kept.totp_secret or "")
    assert (kept.password_hash or "").startswith("$argon2id$")
    digests = set(db.session.scalars(select(RecoveryCode.digest)))
    assert digests.isdisjoint({*ada.recovery, *(code.replace("-", "") for code in ada.recovery)})


@pytest.mark.parametrize("code", ["", "000000", "x" * 100, "٢٢٢٢٢٢", "\x00"])
def test_an_authenticator_is_taken_into_use_only_by_its_code(app: Flask, code: str) -> None:
    a_sale()
    ada = a_colleague(app, secured=False)
    _, sealed = enrol(ada)
    answer = ada.post("/staff/account/authenticator", sealed=sealed, code=code)
    assert answer.status_code in (403, 422)
    assert 'class="error"' in answer.get_data(as_text=True)
    assert hidden(answer, "sealed")
    assert account_of(ada).totp_secret is None


def test_the_sealed_secret_of_somebody_else_is_worth_nothing(app: Flask) -> None:
    a_sale()
    ada, bo = a_colleague(app, secured=False), a_colleague(app, email="bo@example.org", secured=False)
    app_of_bo, sealed = enrol(bo)
    enrol(ada)
    for wrong in (sealed, "", "x", "x" * 2000):
        answer = ada.post("/staff/account/authenticator", sealed=wrong, code=app_of_bo.now())
        assert answer.status_code == 403
        assert "took too long" in words(answer)
    assert account_of(ada).totp_secret is None


def test_the_last_second_factor_cannot_be_removed(app: Flask) -> None:
    a_sale()
    ada, key = a_colleague(app), Authenticator()
    ada.get("/staff/account")
    assert ada.post("/staff/account/authenticator/remove", password=PASSWORD).status_code == 409
    add_passkey(ada.browser, key)
    assert ada.post("/staff/account/authenticator/remove", password=PASSWORD).status_code == 303
    number = db.session.scalars(select(Passkey.id)).one()
    answer = ada.post(f"/staff/account/passkey/{number}/remove", password=PASSWORD)
    assert answer.status_code == 409
    assert "only second factor" in words(answer)
    assert add_passkey(ada.browser, Authenticator(), "Nøkkel 2").status_code == 303
    assert ada.post(f"/staff/account/passkey/{number}/remove", password=PASSWORD).status_code == 303
    page = words(ada.get("/staff/account"))
    assert "Nøkkel 2" in page
    assert "Telefonen" not in page


def test_the_passkey_of_somebody_else_cannot_be_removed(app: Flask) -> None:
    a_sale()
    ada, bo = a_colleague(app), a_colleague(app, email="bo@example.org")
    add_passkey(ada.browser, Authenticator())
    number = db.session.scalars(select(Passkey.id)).one()
    bo.get("/staff/account")
    for mine in (number, 2**63):
        assert bo.get(f"/staff/account/passkey/{mine}/remove").status_code == 404
        assert bo.post(f"/staff/account/passkey/{mine}/remove", password=PASSWORD).status_code == 404
    db.session.rollback()
    assert db.session.scalar(select(func.count()).select_from(Passkey)) == 1


def test_a_browser_left_open_cannot_take_a_second_factor_away(app: Flask) -> None:
    a_sale()
    ada = a_colleague(app)
    add_passkey(ada.browser, Authenticator())
    number = db.session.scalars(select(Passkey.id)).one()
    for factor in ("authenticator", f"passkey/{number}"):
        assert "Password" in words(ada.get(f"/staff/account/{factor}/remove"))
        for wrong, status, told in (("", 422, "Enter your password."), ("feil", 403, "password is not right")):
            answer = ada.post(f"/staff/account/{factor}/remove", password=wrong)
            assert (answer.status_code, told in words(answer)) == (status, True)
    assert account_of(ada).totp_secret is not None
    assert db.session.scalar(select(func.count()).select_from(Passkey)) == 1


def test_the_same_passkey_is_kept_once_and_ten_are_enough(app: Flask) -> None:
    a_sale()
    ada, key = a_colleague(app), Authenticator()
    assert [add_passkey(ada.browser, key).status_code for _ in range(2)] == [303, 403]
    assert [add_passkey(ada.browser, Authenticator()).status_code for _ in range(10)] == [303] * 9 + [409]


def test_a_browser_left_open_does_not_give_away_another_way_in(app: Flask) -> None:
    a_sale()
    ada = a_colleague(app)
    app_of_thief, sealed = enrol(ada)
    for password, status, told in (("", 422, "Enter your password."), ("feil", 403, "password is not right")):
        options = ada.get("/staff/account/passkey").get_json()
        answer = ada.post("/staff/account/passkey", credential=Authenticator().make(options), password=password)
        assert answer.status_code == status
        answer = ada.post("/staff/account/authenticator", sealed=sealed, code=app_of_thief.now(), password=password)
        assert (answer.status_code, told in words(answer)) == (status, True)
    assert db.session.scalar(select(func.count()).select_from(Passkey)) == 0
    answer = ada.post("/staff/account/authenticator", sealed=sealed, code=app_of_thief.now(), password=PASSWORD)
    assert answer.status_code == 303


def test_a_question_for_one_account_is_no_question_for_another(app: Flask) -> None:
    a_sale()
    ada, bo = a_colleague(app), a_colleague(app, email="bo@example.org")
    options = ada.get("/staff/account/passkey").get_json()
    cookie = ada.browser.client.get_cookie("staff-asked")
    assert cookie is not None
    bo.get("/staff/account")
    bo.browser.client.set_cookie("staff-asked", cookie.value)
    assert (
        bo.post("/staff/account/passkey", credential=Authenticator().make(options), password=PASSWORD).status_code
        == 403
    )


def test_sessions_are_listed_and_ended_one_by_one_or_all(app: Flask) -> None:
    a_sale()
    ada = a_colleague(app, secured=False)
    with unit_of_work():
        for device in ("Safari, iPhone", "Edge, Windows", "Chrome, Android"):
            use_link(new_link(ada.id, clock.now()), clock.now(), device)
    page = words(ada.get("/staff/account"))
    for device in ("Firefox, Windows this one", "Safari, iPhone", "Edge, Windows", "Chrome, Android"):
        assert device in page
    mine, phone, *_ = public_ids(ada.id)
    assert ada.post(f"/staff/account/sessions/{phone}/end").status_code == 303
    assert len(public_ids(ada.id)) == 3
    assert ada.post("/staff/account/sessions/end-others").status_code == 303
    assert public_ids(ada.id) == [mine]
    assert ada.get("/staff/").status_code == 200


@pytest.mark.parametrize("public_id", ["x", "\x00", "é" * 30, "' OR 1=1 --"])
def test_the_sessions_of_others_are_out_of_reach(app: Flask, public_id: str) -> None:
    a_sale()
    ada, bo = a_colleague(app), a_colleague(app, email="bo@example.org")
    bo.get("/staff/account")
    for name in (public_ids(ada.id)[0], public_id):
        assert bo.post(f"/staff/account/sessions/{name}/end").status_code < 500
    bo.post("/staff/account/sessions/end-others")
    assert ada.get("/staff/").status_code == 200


def test_a_session_is_seen_again_every_few_minutes(app: Flask) -> None:
    a_sale()
    ada = a_colleague(app)
    long_ago = clock.now().replace(microsecond=0) - timedelta(hours=2)
    with unit_of_work():
        db.session.execute(update(StaffSession).values(seen_at=long_ago))
    ada.get("/staff/")
    db.session.rollback()
    seen = db.session.scalars(select(StaffSession.seen_at)).one()
    assert clock.now() - seen < timedelta(minutes=5)
    ada.get("/staff/")
    db.session.rollback()
    assert db.session.scalars(select(StaffSession.seen_at)).one() == seen


def test_pages_speak_the_language_of_the_account(app: Flask) -> None:
    a_sale()
    ada = a_colleague(app)
    ada.get("/staff/account")
    assert ada.post("/staff/account", name="Åse Ødegård", lang="lv").status_code == 303
    answer = ada.get("/staff/account")
    assert 'lang="lv"' in answer.get_data(as_text=True)
    assert "Mans konts" in words(answer)
    assert "Åse Ødegård" in words(answer)
    assert 'lang="lv"' in ada.get("/staff/people").get_data(as_text=True)  # a refusal too


@pytest.mark.parametrize(
    ("values", "status"),
    [
        ({"name": ""}, 422),
        ({"name": "x" * 121}, 422),
        ({"name": "A\x00\u202eda\n"}, 303),
        ({"name": "A", "lang": "xx"}, 303),
    ],
)
def test_a_name_is_checked(app: Flask, values: dict[str, str], status: int) -> None:
    a_sale()
    ada = a_colleague(app)
    ada.get("/staff/account")
    assert ada.post("/staff/account", **values).status_code == status
    kept = account_of(ada)
    assert re.fullmatch(r"\w+( \w+)*", kept.name)
    assert kept.lang == ""


def test_nothing_private_is_in_the_audit_log(app: Flask) -> None:
    a_sale()
    ada = a_colleague(app)
    ada.get("/staff/account")
    ada.post("/staff/account", name="Hemmelig Navn", lang="nb")
    ada.post("/staff/account/recovery", password=PASSWORD)
    add_passkey(ada.browser, Authenticator(), "Min Hemmelige Telefon")
    db.session.rollback()
    for entry in db.session.scalars(select(AuditEntry)):
        text = f"{entry.actor} {entry.subject} {entry.before} {entry.after}"
        assert not re.search(r"Hemmelig|@|Ada|\$argon|" + re.escape(PASSWORD), text), text
