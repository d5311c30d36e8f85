"""Vipps at the desk: a code on its screen that the visitor's phone reads."""

from __future__ import annotations

from flask import redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from booking.bookings.models import State
from booking.bookings.queries import BookingFacts
from booking.kernel.refusals import Refusal
from booking.payments import pay
from booking.payments.provider import Rejected
from booking.payments.providers import WayNotOffered
from booking.payments.vipps.at_desk import code_on_screen, is_to_be_had
from booking.staff.models import Role
from booking.web.blueprints import desk
from booking.web.desk.sell import at_the_desk, sale_page
from booking.web.guards.access import staff
from booking.web.refusals import RefusalAnswer, sentence


@desk.post("/sell/<int:booking_id>/vipps")
@staff(Role.DESK)
def vipps_sale(booking_id: int) -> ResponseReturnValue:
    """Show the code; a payment that was begun another way is given up first."""
    try:
        _show_code(at_the_desk(booking_id))
    except Rejected:
        answer = RefusalAnswer(_("The payment could not be started. Please try again."), 502)
    except Refusal as refusal:
        answer = sentence(refusal)
    else:
        return redirect(url_for("desk.sale", booking_id=booking_id), 303)
    return sale_page(at_the_desk(booking_id), answer), answer.status


def _show_code(facts: BookingFacts) -> None:
    if not is_to_be_had(facts):
        raise WayNotOffered
    if facts.state is State.PENDING and code_on_screen(facts.id) is None:
        pay.withdraw(facts.id)
    pay.begin(facts.id, at_desk=True)


@desk.post("/sell/<int:booking_id>/vipps/off")
@staff(Role.DESK)
def leave_vipps(booking_id: int) -> ResponseReturnValue:
    """They would rather pay another way; what they have said yes to in this very moment is sold."""
    facts = at_the_desk(booking_id)
    try:
        if code_on_screen(facts.id) is not None:
            pay.withdraw(facts.id)
    except Refusal as refusal:
        answer = sentence(refusal)
        return sale_page(facts, answer), answer.status
    return redirect(url_for("desk.sale", booking_id=booking_id), 303)
