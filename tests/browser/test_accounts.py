"""Staff sign in with a passkey, or with a password and an authenticator; and every page of it as axe meets it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import count

import pyotp
import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import DESK, ON_POSTGRESQL, ON_SQLITE, Opener
from tests.browser.desks import app_of
from tests.browser.steps import link_in, new_address
from tests.support.axe import faults
from tests.support.house import House

PASSWORD = "sju lyse netter i juni"
_numbers = count(1)


def link_for(house: House, role: str = "desk", email: str = "") -> str:
    """A one-time link, as whoever runs the server makes it."""
    email = email or f"stab{next(_numbers)}@example.org"
    made = app_of(house).test_cli_runner().invoke(args=["staff", "add", email, "--role", role, "--name", "Åse"])
    assert made.exit_code == 0, made.output
    return made.output.strip().splitlines()[-1]


def enter(page: Page, link: str) -> None:
    """Come in by a link."""
    page.goto(link)
    page.locator("main form button").click()
    expect(page.locator("h1")).to_contain_text("Slik står det til")


def choose_password(page: Page) -> None:
    """The first step of securing an account."""
    page.locator(".notice a").click()
    page.locator("#new").fill(PASSWORD)
    page.locator("main form button.wide").click()
    expect(page.locator(".done-list .done")).to_have_count(1)


def a_phone_with_passkeys(page: Page) -> None:
    """Give the browser an authenticator that asks for a finger and gets it."""
    tool = page.context.new_cdp_session(page)
    tool.send("WebAuthn.enable")
    tool.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": True,
                "automaticPresenceSimulation": True,
            }
        },
    )


def sign_out(page: Page) -> None:
    """Leave."""
    page.locator(".top form button").click()
    page.wait_for_url("**/staff/sign-in")


def enrol_app(page: Page) -> pyotp.TOTP:
    """Take an authenticator into use; returns it."""
    page.locator("a[href='/staff/account/authenticator']").click()
    page.locator("main details summary").click()
    app = pyotp.TOTP(page.locator(".key").inner_text().replace(" ", ""))
    page.locator("#code").fill(app.now())
    page.locator("main form button.wide").click()
    expect(page.locator(".codes li")).to_have_count(10)
    return app


@ON_POSTGRESQL
def test_a_passkey_is_made_and_then_signs_in_alone(open_page: Opener, house: House) -> None:
    page = open_page()
    a_phone_with_passkeys(page)
    enter(page, link_for(house))
    choose_password(page)
    page.get_by_role("button", name="Lag en passnøkkel").click()
    expect(page.locator(".codes li")).to_have_count(10)
    page.get_by_role("link", name="Jeg har tatt vare på dem").click()
    expect(page.locator(".notice")).to_have_count(0)
    sign_out(page)
    page.get_by_role("button", name="Logg inn med passnøkkel").click()
    expect(page.locator("h1")).to_contain_text("Slik står det til")
    page.goto("/staff/account")
    expect(page.locator("#sessions")).to_contain_text("passnøkkel")


@pytest.mark.parametrize(
    ("house", "scripting"),
    [("sqlite", True), ("postgresql", False)],
    ids=["sqlite-scripting", "postgresql-no-scripting"],
    indirect=["house"],
)
def test_password_and_authenticator_sign_in_and_a_recovery_code_does_once(
    open_page: Opener, house: House, scripting: bool
) -> None:
    page, email = open_page(java_script_enabled=scripting), new_address()
    enter(page, link_for(house, email=email))
    choose_password(page)
    enrol_app(page)
    recovery = page.locator(".codes li").first.inner_text()
    sign_out(page)
    for typed, works in (("000000", False), (recovery.lower(), True), (recovery, False)):
        first_step(page, email)
        page.locator("#code").fill(typed)
        page.locator("main form button.wide").click()
        if works:
            expect(page.locator("h1")).to_contain_text("Slik står det til")
            sign_out(page)
        else:
            expect(page.locator("[role=alert]").first).to_be_visible()


def first_step(page: Page, email: str) -> None:
    """Address and password."""
    page.goto("/staff/sign-in")
    page.locator("#email").fill(email)
    page.locator("#password").fill(PASSWORD)
    page.locator("main form button.wide").click()
    page.wait_for_url("**/staff/sign-in/second")


@ON_SQLITE
def test_an_invitation_comes_by_mail_and_opens_the_account(open_page: Opener, house: House) -> None:
    page, email = open_page(viewport=DESK), new_address()
    enter(page, link_for(house, "admin"))
    page.get_by_role("link", name="Brukere").click()
    page.locator("#name").fill("Per Spelmann")
    page.locator("#email").fill(email)
    page.get_by_label("Økonomi").check()
    page.get_by_label("Nynorsk").check()
    page.get_by_role("button", name="Send en invitasjon").click()
    expect(page.locator("[role=status]")).to_be_visible()
    letter = house.mailbox.letter_to(email, "sidene for tilsette")
    guest = open_page()
    guest.goto(link_in(letter, "enter/"))
    guest.locator("main form button").click()
    expect(guest.locator("h1")).to_contain_text("Slik står det til")
    assert guest.locator("html").get_attribute("lang") == "nn"


@ON_SQLITE
def test_every_page_of_accounts_is_well_on_every_screen(open_page: Opener, house: House) -> None:
    page = open_page(viewport=DESK)
    unwell = [line for state in every_state(page, house) for line in faults(state)]
    assert unwell == []


def every_state(page: Page, house: House) -> Iterator[Page]:
    """Every page of accounts, with mistakes and without."""
    email = new_address()
    a_phone_with_passkeys(page)
    link = link_for(house, "admin", email)
    page.goto("/staff/sign-in")
    yield page
    page.locator("main form button.wide").first.click()
    yield page
    page.goto(link)
    yield page
    enter(page, link)
    yield page
    page.goto("/staff/account")
    yield page
    page.locator(".notice a").click()
    yield page
    page.locator("#new").fill("kort")
    page.locator("main form button.wide").click()
    yield page
    page.goto("/staff/")
    choose_password(page)
    yield page
    page.locator("a[href='/staff/account/authenticator']").click()
    page.locator("#code").fill("1")
    page.locator("main form button.wide").click()
    yield page
    page.goto("/staff/secure")
    enrol_app(page)
    yield page
    page.goto("/staff/account")
    page.locator("#name-of-passkey").fill("Telefonen min")
    page.locator("#password-for-passkey").fill(PASSWORD)
    page.get_by_role("button", name=re.compile("passnøkkel")).first.click()
    expect(page.locator(".plain-list").first).to_contain_text("Telefonen min")
    yield page
    page.goto("/staff/account/password")
    yield page
    page.locator("main form button.wide").click()
    yield page
    page.goto("/staff/people")
    yield page
    page.get_by_role("button", name="Vis en engangslenke").click()
    yield page
    page.locator("#name").fill("Per Spelmann")
    page.locator("#email").fill(new_address())
    page.get_by_label("Økonomi").check()
    page.locator("#password").fill(PASSWORD)
    page.get_by_role("button", name="Vis en engangslenke").click()
    expect(page.locator("[role=status] .code")).to_contain_text("/staff/enter/")
    page.locator("main details summary").click()
    yield page
    page.goto("/staff/log")
    yield page
    page.goto("/staff/log?day=tull")
    yield page
    sign_out(page)
    first_step(page, email)
    yield page
    page.locator("#code").fill("000000")
    page.locator("main form button.wide").click()
    yield page
    page.goto(link)
    page.locator("main form button").click()
    yield page
