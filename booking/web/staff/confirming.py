"""The password anew, before power or a way in is given: a browser left open must not be enough."""

from __future__ import annotations

from booking.kernel import clock
from booking.staff.lockout import Wait
from booking.staff.passwords import PasswordMissing, WrongPassword
from booking.staff.sign_in import confirm
from booking.web.guards.access import who
from booking.web.staff.forms import ConfirmedForm

NOT_CONFIRMED = (PasswordMissing, WrongPassword, Wait)


def confirm_anew() -> None:
    """Ask for the password that the form at hand carries, as `confirm_if_secured` does."""
    form = ConfirmedForm()
    if not form.validate():
        raise WrongPassword
    confirm_if_secured(form)


def confirm_if_secured(form: ConfirmedForm) -> None:
    """Ask whoever has secured their account for its password. Not inside a unit of work. Raises NOT_CONFIRMED."""
    if who().secured:
        confirm(who().account_id, form.password.data or "", clock.now())
