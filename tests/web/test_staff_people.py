"""Administrators look after the people: invite, change roles, a new way in, end; and there is always one of them."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from sqlalchemy import func, select

from booking.kernel.database import db
from booking.outbox.models import Promise
from booking.records.models import AuditEntry
from booking.running.worker import run_once
from booking.staff.models import Account, Role
from tests.builders import a_sale
from tests.web.browsing import Visitor, path_of, words
from tests.web.staffing import Colleague, a_colleague, first_step, second_step

GUEST = {"name": "Per Spelmann", "email": "Per@Example.org", "role": "finance", "lang": "nn"}


def an_administrator(app: Flask) -> Colleague:
    a_sale()
    boss = a_colleague(app, Role.ADMIN, "boss@example.org")
    boss.get("/staff/people")
    return boss


def account(email: str) -> Account:
    db.session.rollback()
    return db.session.scalars(
        select(Account).where(Account.email == email).execution_options(populate_existing=True)
    ).one()


def link_on(page: str) -> str:
    link = re.search(r"https?://\S+?(/staff/enter/[0-9A-Z]{26})", page)
    assert link, page
    return link[1]


def test_somebody_is_invited_by_a_link_shown_once(app: Flask, visitor: Visitor) -> None:
    boss = an_administrator(app)
    answer = boss.sure("/staff/people", **GUEST)
    assert answer.status_code == 200
    link = link_on(words(answer))
    per = account("per@example.org")
    assert (per.role, per.lang, per.name) == (Role.FINANCE, "nn", "Per Spelmann")
    assert link.rsplit("/", 1)[1] not in words(boss.get(f"/staff/people/{per.id}"))
    visitor.get(link)
    assert visitor.post(link).location.endswith("/staff/")
    assert 'lang="nn"' in visitor.get("/staff/").get_data(as_text=True)


def test_an_invitation_by_mail_holds_a_link_that_the_outbox_does_not(app: Flask, visitor: Visitor) -> None:
    boss = an_administrator(app)
    assert boss.sure("/staff/people", **GUEST, by_mail="y").status_code == 303
    per = account("per@example.org")
    kept = db.session.scalars(select(Promise)).one()
    run_once(app)
    page = words(boss.get("/staff/"))
    assert "per@example.org" in page
    name = re.search(r"/staff/mail/([^\"]+)", boss.get("/staff/").get_data(as_text=True))
    assert name
    letter = words(boss.get(f"/staff/mail/{name[1]}"))
    assert "Hei, Per Spelmann!" in letter
    link = link_on(letter)
    assert link.rsplit("/", 1)[1] not in f"{kept.key} {kept.about}"
    assert kept.about["account_id"] == per.id
    visitor.get(link)
    assert visitor.post(link).status_code == 303


def test_an_invitation_that_was_replaced_before_it_was_sent_is_not_sent(app: Flask) -> None:
    boss = an_administrator(app)
    boss.sure("/staff/people", **(GUEST | {"email": "replaced@example.org"}), by_mail="y")
    boss.sure(f"/staff/people/{account('replaced@example.org').id}/link")
    run_once(app)
    assert "replaced@example.org" not in words(boss.get("/staff/"))


@pytest.mark.parametrize(
    "wrong",
    [
        {"email": ""},
        {"email": "tull"},
        {"email": "x" * 400 + "@example.org"},
        {"email": "per@example.org\r\nBcc: x@example.org"},
        {"name": ""},
        {"name": "x" * 200},
        {"role": ""},
        {"role": "king"},
        {"role": "\x00"},
    ],
)
def test_a_wrong_invitation_is_refused_and_what_was_typed_is_kept(app: Flask, wrong: dict[str, str]) -> None:
    boss = an_administrator(app)
    answer = boss.sure("/staff/people", **(GUEST | wrong))
    assert answer.status_code == 422
    assert 'class="error"' in answer.get_data(as_text=True)
    assert "name" in wrong or "Per Spelmann" in answer.get_data(as_text=True)
    assert db.session.scalar(select(func.count()).select_from(Account)) == 1


def test_an_address_is_invited_once_but_who_has_left_may_come_back(app: Flask) -> None:
    boss = an_administrator(app)
    boss.sure("/staff/people", **GUEST)
    answer = boss.sure("/staff/people", **GUEST)
    assert answer.status_code == 409
    assert "has this address already" in words(answer)
    number = account("per@example.org").id
    assert boss.sure(f"/staff/people/{number}/end").status_code == 303
    assert boss.sure("/staff/people", **(GUEST | {"role": "desk"})).status_code == 200
    per = account("per@example.org")
    assert (per.id, per.role, per.ended_at) == (number, Role.DESK, None)


def test_another_role_counts_from_the_next_page(app: Flask) -> None:
    boss = an_administrator(app)
    ada = a_colleague(app, Role.DESK)
    assert boss.sure(f"/staff/people/{ada.id}/role", role="admin").status_code == 303
    assert ada.get("/staff/people").status_code == 200
    assert boss.sure(f"/staff/people/{ada.id}/role", role="educator").status_code == 303
    assert ada.get("/staff/people").status_code == 403
    for role in ("", "king"):
        assert boss.sure(f"/staff/people/{ada.id}/role", role=role).status_code == 422


def test_ending_an_account_ends_its_sessions_at_once(app: Flask) -> None:
    boss = an_administrator(app)
    ada = a_colleague(app)
    assert boss.sure(f"/staff/people/{ada.id}/end").status_code == 303
    assert ada.get("/staff/").status_code == 303
    assert first_step(ada.browser, ada.email).status_code == 403
    assert boss.sure(f"/staff/people/{ada.id}/end").status_code == 404
    assert boss.sure(f"/staff/people/{ada.id}/link").status_code == 404
    assert boss.sure(f"/staff/people/{ada.id}/role", role="desk").status_code == 404
    db.session.rollback()
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "account.end")).one()
    assert (entry.actor, entry.before) == (f"account:{boss.id}", {"state": "open", "role": "desk", "sessions": 1})


def test_the_last_administrator_stays(app: Flask) -> None:
    boss = an_administrator(app)
    for path, values in (("end", {}), ("role", {"role": "desk"})):
        answer = boss.sure(f"/staff/people/{boss.id}/{path}", **values)
        assert answer.status_code == 409
        assert "only administrator" in words(answer)
    other = a_colleague(app, Role.ADMIN)
    assert boss.sure(f"/staff/people/{boss.id}/role", role="desk").status_code == 303
    other.get("/staff/people")
    assert other.sure(f"/staff/people/{other.id}/end").status_code == 409


def test_a_lost_phone_is_forgotten_with_a_new_link(app: Flask, visitor: Visitor) -> None:
    boss = an_administrator(app)
    ada = a_colleague(app)
    link = link_on(words(boss.sure(f"/staff/people/{ada.id}/link", reset="y")))
    assert ada.get("/staff/").status_code == 303
    visitor.get(link)
    assert visitor.post(link).location.endswith("/staff/")
    assert "no password and second factor" in words(visitor.get("/staff/"))


def test_a_forgotten_password_leaves_the_second_factor(app: Flask, visitor: Visitor) -> None:
    boss = an_administrator(app)
    ada = a_colleague(app)
    link = link_on(words(boss.sure(f"/staff/people/{ada.id}/link")))
    visitor.get(link)
    assert visitor.post(link).location.endswith("/staff/sign-in/second")
    assert second_step(visitor, ada.code()).status_code == 303


def test_a_link_by_mail_is_on_its_way(app: Flask) -> None:
    boss = an_administrator(app)
    ada = a_colleague(app)
    answer = boss.sure(f"/staff/people/{ada.id}/link", by_mail="y")
    assert path_of(answer.location) == f"/staff/people/{ada.id}"
    assert "The link is on its way" in words(boss.get(answer.location))


@pytest.mark.parametrize("number", ["0", "99999", str(2**63), "9" * 40])
def test_nobody_is_not_found(app: Flask, number: str) -> None:
    boss = an_administrator(app)
    assert boss.get(f"/staff/people/{number}").status_code == 404
    for verb in ("role", "link", "end"):
        assert boss.sure(f"/staff/people/{number}/{verb}", role="desk").status_code == 404


def test_people_see_the_state_of_each(app: Flask) -> None:
    boss = an_administrator(app)
    boss.sure("/staff/people", **GUEST)
    a_colleague(app, secured=False)
    page = words(boss.get("/staff/people"))
    for state in ("secured", "not secured", "invited"):
        assert state in page


@pytest.mark.parametrize("password", ["", "feil passord", "sju lyse netter i juli"])
def test_a_browser_left_open_gives_nobody_power_or_a_way_in(app: Flask, password: str) -> None:
    status, told = (403, "The password is not right") if password else (422, "Enter your password.")
    boss, ada = an_administrator(app), a_colleague(app)
    tries = [
        ("/staff/people", GUEST),
        (f"/staff/people/{ada.id}/role", {"role": "admin"}),
        (f"/staff/people/{ada.id}/link", {"reset": "y"}),
        (f"/staff/people/{ada.id}/link", {"by_mail": "y"}),
        (f"/staff/people/{ada.id}/end", {}),
    ]
    for path, values in tries:
        answer = boss.post(path, **values, password=password)
        assert answer.status_code == status, path
        assert "/staff/enter/" not in answer.get_data(as_text=True)
        assert told in words(answer)
    db.session.rollback()
    assert db.session.scalar(select(func.count()).select_from(Account)) == 2
    assert db.session.scalar(select(func.count()).select_from(Promise)) == 0
    untouched = account("ada@example.org")
    assert (untouched.role, untouched.ended_at, untouched.totp_secret is not None) == (Role.DESK, None, True)


def test_wrong_passwords_run_out_here_too(app: Flask) -> None:
    boss, ada = an_administrator(app), a_colleague(app)
    statuses = {boss.post(f"/staff/people/{ada.id}/role", role="admin", password="feil").status_code for _ in range(30)}
    assert statuses == {403, 429}
    assert account("ada@example.org").role is Role.DESK


def test_who_has_no_password_yet_is_not_asked_for_one(app: Flask) -> None:
    a_sale()
    boss = a_colleague(app, Role.ADMIN, "boss@example.org", secured=False)
    assert "Your own password" not in words(boss.get("/staff/people"))
    assert boss.post("/staff/people", **GUEST).status_code == 200
