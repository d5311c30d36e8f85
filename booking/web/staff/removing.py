"""Take a second factor out of use: for whoever shows the password, since a browser left open must not be enough."""

from __future__ import annotations

from collections.abc import Callable

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from booking.kernel.database import unit_of_work
from booking.kernel.refusals import Refusal
from booking.staff import passkeys, second_factor
from booking.staff.second_factor import LastFactor
from booking.web.blueprints import staff
from booking.web.guards.access import EVERYBODY, who
from booking.web.guards.access import staff as staff_only
from booking.web.refusals import sentence
from booking.web.staff.account import secure_or_account
from booking.web.staff.confirming import confirm_anew


@staff.get("/account/authenticator/remove")
@staff_only(*EVERYBODY)
def ask_authenticator() -> ResponseReturnValue:
    """Ask for the password before codes are no longer asked for."""
    return _page(_authenticator())


@staff.post("/account/authenticator/remove")
@staff_only(*EVERYBODY)
def remove_authenticator() -> ResponseReturnValue:
    """Stop asking for codes; another second factor must be there."""
    return _remove(_authenticator(), lambda: second_factor.remove_app(who().account_id))


@staff.get("/account/passkey/<int:passkey_id>/remove")
@staff_only(*EVERYBODY)
def ask_passkey(passkey_id: int) -> ResponseReturnValue:
    """Ask for the password before one of my passkeys is forgotten."""
    return _page(_passkey(passkey_id))


@staff.post("/account/passkey/<int:passkey_id>/remove")
@staff_only(*EVERYBODY)
def remove_passkey(passkey_id: int) -> ResponseReturnValue:
    """Forget one of my passkeys; another second factor must be there."""
    return _remove(_passkey(passkey_id), lambda: passkeys.remove(who().account_id, passkey_id))


def _authenticator() -> str:
    if not second_factor.factors_of(who().account_id).has_app:
        abort(404)
    return str(_("Authenticator app"))


def _passkey(passkey_id: int) -> str:
    """What it is called."""
    names = {passkey_row.id: passkey_row.name for passkey_row in passkeys.of_account(who().account_id)}
    if passkey_id not in names:
        abort(404)
    return names[passkey_id]


def _remove(what: str, remove: Callable[[], None]) -> ResponseReturnValue:
    try:
        confirm_anew()
        with unit_of_work():
            remove()
    except LastFactor as refusal:
        return secure_or_account(sentence(refusal))
    except Refusal as refusal:
        answer = sentence(refusal)
        return _page(what, answer.text), answer.status
    flash(_("Your account has been changed."))
    return redirect(url_for("staff.account"), 303)


def _page(what: str, error: str = "") -> str:
    return render_template("staff/remove_factor.html", what=what, error=error)
