"""The way in: a one-time link, or password and second factor, or a passkey; and the way out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flask import make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from booking.kernel import clock
from booking.kernel.codes import is_secret
from booking.kernel.database import unit_of_work
from booking.kernel.refusals import Refusal
from booking.records.audit import note
from booking.staff import second_factor
from booking.staff.second_factor import Factors
from booking.staff.sessions import LinkUnknown, end_session
from booking.staff.sign_in import HalfWay, with_code, with_link, with_password
from booking.web.blueprints import staff
from booking.web.extensions import limiter
from booking.web.forms.checked import errors_of
from booking.web.guards.access import EVERYBODY, drop_cookie, public, staff_cookie_name, who
from booking.web.guards.access import staff as staff_only
from booking.web.refusals import sentence
from booking.web.staff.browser import HALF_WAY, go_on, known_here, place, this_device, vault, who_is_half_way
from booking.web.staff.forms import CodeForm, PasswordSignInForm
from booking.web.staff.passkey import SignInPage


@dataclass(frozen=True, slots=True)
class SecondStepPage:
    """The second step of signing in."""

    factors: Factors
    errors: Mapping[str, str]
    refused: str


@staff.get("/sign-in")
@public
def sign_in() -> str:
    """How to get in."""
    return render_template("staff/sign_in.html", page=SignInPage(form=PasswordSignInForm(), errors={}, refused=""))


@staff.post("/sign-in")
@public
def sign_in_with_password() -> ResponseReturnValue:
    """The first step."""
    form = PasswordSignInForm()
    if not form.validate():
        return _again(form), 422
    try:
        step = with_password(form.address, form.password.data, place(), this_device(), clock.now(), known_here())
    except Refusal as refusal:
        answer = sentence(refusal)
        return _again(form, answer.text), answer.status
    return go_on(step)


@staff.get("/sign-in/second")
@public
def second_step() -> ResponseReturnValue:
    """Ask for the second factor."""
    half = who_is_half_way()
    return _ask_second(half, CodeForm()) if half else redirect(url_for("staff.sign_in"), 303)


@staff.post("/sign-in/second")
@public
def second_step_code() -> ResponseReturnValue:
    """A code of the authenticator, or a recovery code."""
    half = who_is_half_way()
    if half is None:
        answer = sentence(second_factor.TooOld())
        return _again(PasswordSignInForm(formdata=None), answer.text), answer.status
    form = CodeForm()
    if not form.validate():
        return _ask_second(half, form), 422
    try:
        return go_on(with_code(half, form.code.data, vault(), place(), this_device(), clock.now(), known_here()))
    except Refusal as refusal:
        answer = sentence(refusal)
        return _ask_second(half, CodeForm(formdata=None), answer.text), answer.status


@staff.get("/enter/<secret>")
@public
def enter(secret: str) -> str:
    """A button: opening the link alone uses nothing up, since mail scanners open links too."""
    return render_template("staff/enter.html", refused="")


@staff.post("/enter/<secret>")
@limiter.limit("20 per hour")
@public
def use(secret: str) -> ResponseReturnValue:
    """Sign in, once for each link."""
    try:
        if not is_secret(secret):
            raise LinkUnknown
        step = with_link(secret, this_device(), clock.now())
    except LinkUnknown as refusal:
        answer = sentence(refusal)
        return render_template("staff/enter.html", refused=answer.text), answer.status
    return go_on(step)


@staff.post("/sign-out")
@staff_only(*EVERYBODY, unsecured=True)
def sign_out() -> ResponseReturnValue:
    """End the session here and in the browser."""
    with unit_of_work():
        end_session(request.cookies.get(staff_cookie_name(), ""), clock.now())
        note(who().actor, "session.end", who().actor)
    response = make_response(redirect(url_for("staff.sign_in"), 303))
    drop_cookie(response)
    drop_cookie(response, HALF_WAY)
    return response


def _again(form: PasswordSignInForm, refused: str = "") -> str:
    return render_template("staff/sign_in.html", page=SignInPage(form=form, errors=errors_of(form), refused=refused))


def _ask_second(half: HalfWay, form: CodeForm, refused: str = "") -> str:
    factors = second_factor.factors_of(half.account_id)
    errors = errors_of(form)
    return render_template(
        "staff/second_step.html", page=SecondStepPage(factors=factors, errors=errors, refused=refused)
    )
