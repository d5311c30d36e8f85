"""Passkeys: what the browser is asked, and what it answers. The only part of signing in that needs scripting."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flask import make_response, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from booking.kernel import clock
from booking.kernel.database import unit_of_work
from booking.kernel.refusals import Refusal
from booking.staff import accounts, passkeys, second_factor
from booking.staff.sign_in import with_passkey
from booking.web.blueprints import staff
from booking.web.guards.access import EVERYBODY, public, who
from booking.web.guards.access import staff as staff_only
from booking.web.refusals import sentence
from booking.web.staff.account import after_enrolling, secure_or_account
from booking.web.staff.browser import (
    challenge_for,
    go_on,
    known_here,
    new_challenge,
    place,
    remember_challenge,
    site,
    this_device,
)
from booking.web.staff.confirming import confirm_if_secured
from booking.web.staff.forms import PasskeyForm, PasswordSignInForm

SIGN_IN = "sign-in"


@dataclass(frozen=True, slots=True)
class SignInPage:
    """The first step of signing in."""

    form: PasswordSignInForm
    errors: Mapping[str, str]
    refused: str


@staff.get("/sign-in/passkey")
@public
def passkey_question() -> ResponseReturnValue:
    """What a browser is asked that wants to sign in with a passkey."""
    challenge = new_challenge()
    return _question(passkeys.sign_in_options(challenge, site()), SIGN_IN, challenge)


@staff.post("/sign-in/passkey")
@public
def sign_in_with_passkey() -> ResponseReturnValue:
    """Both factors at once."""
    form = PasskeyForm()
    try:
        if not form.validate():
            raise passkeys.PasskeyRefused
        challenge = challenge_for(SIGN_IN)
        answer = form.credential.data
        return go_on(with_passkey(answer, challenge, site(), place(), this_device(), clock.now(), known_here()))
    except Refusal as refusal:
        answer = sentence(refusal)
        empty = PasswordSignInForm(formdata=None)
        return render_template(
            "staff/sign_in.html", page=SignInPage(form=empty, errors={}, refused=answer.text)
        ), answer.status


@staff.get("/account/passkey")
@staff_only(*EVERYBODY, unsecured=True)
def new_passkey_question() -> ResponseReturnValue:
    """What a browser is asked that shall make a passkey."""
    me, challenge = accounts.person(who().account_id), new_challenge()
    options = passkeys.registration_options(me.id, me.email, me.name, challenge, site())
    return _question(options, _adding(), challenge)


@staff.post("/account/passkey")
@staff_only(*EVERYBODY, unsecured=True)
def add_passkey() -> ResponseReturnValue:
    """Keep a passkey that the browser has made."""
    form = PasskeyForm()
    try:
        if not form.validate():
            raise passkeys.PasskeyRefused
        confirm_if_secured(form)
        made = passkeys.read_registration(form.credential.data, challenge_for(_adding()), site())
        name = form.name.data or this_device() or _("Passkey")
        before = second_factor.factors_of(who().account_id)
        with unit_of_work():
            passkeys.add(who().account_id, made, name, clock.now())
    except Refusal as refusal:
        return secure_or_account(sentence(refusal))
    return after_enrolling(before)


def _adding() -> str:
    return f"add:{who().account_id}"


def _question(options: str, purpose: str, challenge: bytes) -> ResponseReturnValue:
    response = make_response(options)
    response.headers["Content-Type"] = "application/json"
    remember_challenge(response, purpose, challenge)
    return response
