"""A discount code at the desk: typed for who pays here, and taken off again."""

from __future__ import annotations

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue

from booking.bookings.by_code.discounted import as_it_stands, enter_code, leave_codes
from booking.kernel import clock
from booking.kernel.refusals import Refusal
from booking.staff.models import Role
from booking.web.blueprints import desk
from booking.web.desk.sell import at_the_desk, sale_page
from booking.web.guards.access import staff
from booking.web.languages import centre
from booking.web.refusals import sentence


@desk.post("/sell/<int:booking_id>/discount")
@staff(Role.DESK)
def use_discount_code(booking_id: int) -> ResponseReturnValue:
    """Take off what the code takes off, as long as nobody is paying."""
    facts = at_the_desk(booking_id)
    typed = request.form.get("code", "")
    try:
        as_it_stands(lambda: enter_code(facts.id, typed, centre(), clock.now()))
    except Refusal as refusal:
        answer = sentence(refusal)
        return sale_page(facts, code_problem=answer), answer.status
    return redirect(url_for("desk.sale", booking_id=booking_id), 303)


@desk.post("/sell/<int:booking_id>/discount/off")
@staff(Role.DESK)
def take_discount_codes_off(booking_id: int) -> ResponseReturnValue:
    """Without the codes after all."""
    facts = at_the_desk(booking_id)
    try:
        as_it_stands(lambda: leave_codes(facts.id, clock.now()))
    except Refusal as refusal:
        answer = sentence(refusal)
        return sale_page(facts, answer), answer.status
    return redirect(url_for("desk.sale", booking_id=booking_id), 303)
