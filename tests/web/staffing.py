"""People on the staff, for tests: an account, a browser that is signed in, an account with everything set up."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import cache
from typing import Any

import pyotp
from flask import Flask
from sqlalchemy import update
from werkzeug.test import TestResponse

from booking.kernel import clock
from booking.kernel.database import db, unit_of_work
from booking.settings import settings_of
from booking.staff import passwords, second_factor
from booking.staff.models import Account, Role, StaffSession
from booking.staff.sessions import add_account, new_link, use_link
from booking.staff.vault import Vault
from tests.support.authenticator import Authenticator
from tests.web.browsing import Visitor

PASSWORD = "sju lyse netter i juni"


@cache
def password_hash() -> str:
    """Hashing is slow on purpose: once will do."""
    return passwords.hashed(PASSWORD)


@dataclass
class Colleague:
    """Somebody with a browser."""

    id: int
    email: str
    browser: Visitor
    app: pyotp.TOTP
    recovery: list[str]

    def get(self, path: str) -> TestResponse:
        """Open a page."""
        return self.browser.get(path)

    def post(self, path: str, **values: str | list[str]) -> TestResponse:
        """Send a form."""
        return self.browser.post(path, values)

    def sure(self, path: str, **values: str) -> TestResponse:
        """Send a form that asks for one's own password."""
        return self.post(path, **({"password": PASSWORD} | values))

    def code(self) -> str:
        """The next code that has not been used."""
        with unit_of_work():
            db.session.execute(update(Account).where(Account.id == self.id).values(totp_step=0))
        return self.app.now()


def an_account(email: str = "ada@example.org", role: Role = Role.DESK, name: str = "Ada") -> int:
    """An account without anything."""
    with unit_of_work():
        return add_account(email, name, role, clock.now())


def a_link(account_id: int) -> str:
    """The address of a one-time link."""
    with unit_of_work():
        return f"/staff/enter/{new_link(account_id, clock.now())}"


def a_colleague(
    app: Flask, role: Role = Role.DESK, email: str = "ada@example.org", *, secured: bool = True, signed_in: bool = True
) -> Colleague:
    """Somebody on the staff; `secured` with a password, an authenticator and recovery codes."""
    account_id, secret = an_account(email, role), pyotp.random_base32()
    browser = Visitor(app.test_client())
    recovery: list[str] = []
    now = clock.now()
    if signed_in:
        with unit_of_work():
            session = use_link(new_link(account_id, now), now, "Firefox, Windows")
        browser.client.set_cookie("staff", session)
    if secured:
        sealed = Vault(settings_of(app).secret_key).seal(secret)
        values = {"password_hash": password_hash(), "password_at": now, "totp_secret": sealed}
        with unit_of_work():
            db.session.execute(update(Account).where(Account.id == account_id).values(**values))
            recovery = second_factor.new_recovery_codes(account_id)
    return Colleague(account_id, email, browser, pyotp.TOTP(secret), recovery)


def public_ids(account_id: int) -> list[str]:
    """The names of an account's sessions that are open, oldest first."""
    db.session.rollback()
    rows = db.session.query(StaffSession.public_id).filter_by(account_id=account_id, ended_at=None)
    return [row.public_id for row in rows.order_by(StaffSession.begun_at)]


def first_step(browser: Visitor, email: str, password: str = PASSWORD) -> TestResponse:
    """Address and password."""
    browser.get("/staff/sign-in")
    return browser.post("/staff/sign-in", {"email": email, "password": password})


def second_step(browser: Visitor, code: str) -> TestResponse:
    """A code."""
    return browser.post("/staff/sign-in/second", {"code": code})


def add_passkey(browser: Visitor, key: Authenticator, name: str = "Telefonen") -> TestResponse:
    """Make a passkey on the account page."""
    options: dict[str, Any] = json.loads(browser.get("/staff/account/passkey").get_data(as_text=True))
    browser.get("/staff/account")
    fields = {"credential": key.make(options), "name": name, "password": PASSWORD}
    return browser.post("/staff/account/passkey", fields)


def use_passkey(browser: Visitor, key: Authenticator) -> TestResponse:
    """Sign in with it."""
    options: dict[str, Any] = json.loads(browser.get("/staff/sign-in/passkey").get_data(as_text=True))
    return browser.post("/staff/sign-in/passkey", {"credential": key.use(options)})


def hidden(response: TestResponse, name: str) -> str:
    """The value of a hidden field."""
    field = re.search(rf'name="{name}" value="([^"]*)"', response.get_data(as_text=True))
    assert field, name
    return field[1]
