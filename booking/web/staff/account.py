"""My account: name and language, password, second factors, recovery codes, sessions; and setting it all up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from booking.documents.qr import qr_link_svg
from booking.kernel import clock
from booking.kernel.database import unit_of_work
from booking.kernel.refusals import Refusal
from booking.records.audit import note
from booking.staff import accounts, passkeys, passwords, second_factor, sessions
from booking.staff.accounts import StaffMember
from booking.staff.passkeys import PasskeyRow
from booking.staff.second_factor import Factors
from booking.staff.sessions import OpenSession
from booking.staff.sign_in import confirm
from booking.web.blueprints import staff
from booking.web.forms.checked import errors_of
from booking.web.guards.access import EVERYBODY, who
from booking.web.guards.access import staff as staff_only
from booking.web.languages import centre
from booking.web.refusals import RefusalAnswer, sentence
from booking.web.staff.browser import vault
from booking.web.staff.confirming import confirm_if_secured
from booking.web.staff.forms import (
    AppForm,
    ConfirmForm,
    NameForm,
    NewPasswordForm,
    PasswordForm,
    language_choices,
    role_names,
)

CODE_IN_GROUPS = 4


@dataclass(frozen=True, slots=True)
class SecurePage:
    """What an account still needs before it opens more than this page."""

    factors: Factors
    errors: Mapping[str, str]
    refused: str
    least: int


@dataclass(frozen=True, slots=True)
class AuthenticatorPage:
    """A new authenticator to be read by a phone."""

    picture: str
    secret: str
    sealed: str
    errors: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class AccountPage:
    """One's own account: names, factors, devices."""

    me: StaffMember
    name: str
    lang: str
    languages: list[tuple[str, str]]
    role: str
    factors: Factors
    passkeys: list[PasskeyRow]
    sessions: list[OpenSession]
    here: str
    errors: dict[str, str]
    refused: str


@staff.get("/secure")
@staff_only(*EVERYBODY, unsecured=True)
def secure() -> ResponseReturnValue:
    """What is still missing before the account is safe: a password, then a second factor."""
    if who().secured:
        return redirect(url_for("staff.start"), 303)
    return _secure_page()


@staff.get("/account")
@staff_only(*EVERYBODY)
def account() -> str:
    """Everything about me."""
    return _account_page()


@staff.post("/account")
@staff_only(*EVERYBODY)
def describe_me() -> ResponseReturnValue:
    """What I am called and spoken to in."""
    form = NameForm()
    if not form.validate():
        return _account_page(form=form), 422
    with unit_of_work():
        accounts.describe(who().account_id, form.name.data, form.lang.data)
    return redirect(url_for("staff.account"), 303)


@staff.get("/account/password")
@staff_only(*EVERYBODY)
def password() -> ResponseReturnValue:
    """Choose another password."""
    if not second_factor.factors_of(who().account_id).password_at:
        return redirect(url_for("staff.secure"), 303)
    return render_template("staff/password.html", errors={}, least=passwords.LEAST)


@staff.post("/account/password")
@staff_only(*EVERYBODY, unsecured=True)
def set_password() -> ResponseReturnValue:
    """Choose a password; who has one shows it first. Sessions elsewhere end."""
    me = accounts.person(who().account_id)
    form = NewPasswordForm() if me.has_password else PasswordForm()
    errors, status, field = {}, 422, "old"
    if not form.validate():
        errors = dict(errors_of(form))
    else:
        try:
            old_hash = confirm(me.id, form.old.data, clock.now()) if isinstance(form, NewPasswordForm) else None
            field = "new"
            about = [me.name, *me.email.replace("@", ".").split("."), centre().name, "bestill"]
            new_hash = passwords.hashed(passwords.check(form.new.data, about))
            with unit_of_work():
                passwords.keep(me.id, new_hash, old_hash, clock.now())
                sessions.end_all(me.id, clock.now(), but=who().session)
            flash(_("Your password has been set."))
            return redirect(url_for("staff.account" if who().secured else "staff.secure"), 303)
        except Refusal as refusal:
            answer = sentence(refusal)
            errors, status = {field: answer.text}, answer.status
    if me.has_password:
        return render_template("staff/password.html", errors=errors, least=passwords.LEAST), status
    return _secure_page(errors), status


@staff.get("/account/authenticator")
@staff_only(*EVERYBODY, unsecured=True)
def authenticator() -> str:
    """A fresh secret as a QR code and in letters."""
    return _authenticator_page(second_factor.new_app_secret())


@staff.post("/account/authenticator")
@staff_only(*EVERYBODY, unsecured=True)
def enrol_authenticator() -> ResponseReturnValue:
    """Take it into use once it shows the right code."""
    form, me = AppForm(), who().account_id
    opened = vault().open(form.sealed.data or "", second_factor.ENROL_SECONDS)
    owner, _colon, secret = (opened or "").partition(":")
    if not secret or owner != str(me):
        refusal = sentence(second_factor.TooOld())
        return _authenticator_page(second_factor.new_app_secret(), {"code": refusal.text}), refusal.status
    if not form.validate():
        return _authenticator_page(secret, dict(errors_of(form))), 422
    before = second_factor.factors_of(me)
    field = "password"
    try:
        confirm_if_secured(form)
        field = "code"
        with unit_of_work():
            second_factor.enrol_app(me, secret, form.code.data, vault(), clock.now())
    except Refusal as refused:
        answer = sentence(refused)
        return _authenticator_page(secret, {field: answer.text}), answer.status
    return after_enrolling(before)


@staff.post("/account/recovery")
@staff_only(*EVERYBODY)
def renew_recovery_codes() -> ResponseReturnValue:
    """Ten new codes, shown once, for whoever shows the password."""
    form = ConfirmForm()
    if not form.validate():
        return _account_page(errors=dict(errors_of(form))), 422
    try:
        confirm(who().account_id, form.password.data, clock.now())
    except Refusal as refusal:
        answer = sentence(refusal)
        return _account_page(errors={"password": answer.text}), answer.status
    with unit_of_work():
        codes = second_factor.new_recovery_codes(who().account_id)
    return render_template("staff/recovery.html", codes=codes)


@staff.post("/account/sessions/<public_id>/end")
@staff_only(*EVERYBODY)
def end_my_session(public_id: str) -> ResponseReturnValue:
    """End one of my sessions."""
    with unit_of_work():
        if sessions.end_one(who().account_id, public_id[:16], clock.now()):
            note(who().actor, "session.end", who().actor)
    return redirect(url_for("staff.account", _anchor="sessions"), 303)


@staff.post("/account/sessions/end-others")
@staff_only(*EVERYBODY)
def end_my_other_sessions() -> ResponseReturnValue:
    """End all but this one."""
    with unit_of_work():
        ended = sessions.end_all(who().account_id, clock.now(), but=who().session)
        note(who().actor, "session.end", who().actor, {"sessions": ended}, {"sessions": 0})
    return redirect(url_for("staff.account", _anchor="sessions"), 303)


def after_enrolling(before: Factors) -> ResponseReturnValue:
    """With the first second factor come the recovery codes, shown this once."""
    if before.has_second and before.recovery_left:
        flash(_("Your account has been changed."))
        return redirect(url_for("staff.account"), 303)
    with unit_of_work():
        codes = second_factor.new_recovery_codes(who().account_id)
    return render_template("staff/recovery.html", codes=codes)


def secure_or_account(answer: RefusalAnswer) -> ResponseReturnValue:
    """Say what went wrong on the page that it was begun on."""
    if who().secured:
        return _account_page(refused=answer.text), answer.status
    return _secure_page(refused=answer.text), answer.status


def _secure_page(errors: dict[str, str] | None = None, refused: str = "") -> str:
    factors = second_factor.factors_of(who().account_id)
    return render_template(
        "staff/secure.html",
        page=SecurePage(factors=factors, errors=errors or {}, refused=refused, least=passwords.LEAST),
    )


def _authenticator_page(secret: str, errors: dict[str, str] | None = None) -> str:
    me = accounts.person(who().account_id)
    address = second_factor.app_address(secret, me.email, centre().name)
    groups = [secret[start : start + CODE_IN_GROUPS] for start in range(0, len(secret), CODE_IN_GROUPS)]
    return render_template(
        "staff/authenticator.html",
        page=AuthenticatorPage(
            picture=qr_link_svg(address, _("QR code for your authenticator app")),
            secret=" ".join(groups),
            sealed=vault().seal(f"{me.id}:{secret}"),
            errors=errors or {},
        ),
    )


def _account_page(form: NameForm | None = None, errors: dict[str, str] | None = None, refused: str = "") -> str:
    me = accounts.person(who().account_id)
    typed = request.form if form else {}
    return render_template(
        "staff/account.html",
        page=AccountPage(
            me=me,
            name=typed.get("name", me.name),
            lang=typed.get("lang", me.lang),
            languages=language_choices(),
            role=role_names()[me.role],
            factors=second_factor.factors_of(me.id),
            passkeys=passkeys.of_account(me.id),
            sessions=sessions.sessions_of(me.id, clock.now()),
            here=who().session,
            errors=(errors or {}) | (dict(errors_of(form)) if form else {}),
            refused=refused,
        ),
    )
