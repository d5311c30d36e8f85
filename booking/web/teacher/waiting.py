"""The waiting list of one full session."""

from __future__ import annotations

from flask import abort, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select

from booking.capacity.models import Slot
from booking.catalogue.models import Activity
from booking.extensions import limiter
from booking.kernel import clock
from booking.kernel.database import run, unit_of_work
from booking.kernel.refusals import Refusal
from booking.schools import waiting as waiting_list
from booking.schools.models import Programme
from booking.web.access import public
from booking.web.forms import EmailForm, errors_of, identity, whole_number
from booking.web.languages import language
from booking.web.refusals import Answer
from booking.web.teacher import teacher
from booking.web.teacher.wishes import MOST_PEOPLE
from booking.web.teacher.words import said


@teacher.get("/school/waiting-list")
@public
def wait() -> ResponseReturnValue:
    """The form for one session."""
    return _page(identity(request.args.get("slot")))


@teacher.post("/school/waiting-list")
@limiter.limit("10 per hour")
@public
def join() -> ResponseReturnValue:
    """On the list."""
    slot_id = identity(request.form.get("slot"))
    form = EmailForm()
    errors = {} if form.validate() else dict(errors_of(form))
    people = whole_number(request.form.get("people"), 1, MOST_PEOPLE)
    if people is None:
        errors["people"] = _("Write how many you are, from 1 to %(most)s.", most=MOST_PEOPLE)
    if errors or people is None or slot_id is None:
        return _page(slot_id, errors, status=422)
    try:
        with unit_of_work():
            waiting_list.wait(slot_id, people, form.address, language(), clock.now())
    except Refusal as refusal:
        answer = said(refusal)
        return _page(slot_id, {}, answer, answer.status)
    return _page(slot_id, done=True)


def _page(
    slot_id: int | None,
    errors: dict[str, str] | None = None,
    problem: Answer | None = None,
    status: int = 200,
    done: bool = False,
) -> ResponseReturnValue:
    found = run(
        select(Activity.title, Activity.slug, Slot.starts_at)
        .join(Slot, Slot.activity_id == Activity.id)
        .join(Programme, Programme.activity_id == Activity.id)
        .where(Slot.id == slot_id)
    ).first()
    if found is None:
        abort(404)
    title, slug, starts_at = found
    page = render_template(
        "teacher/waiting.html",
        title=title,
        slug=slug,
        starts_at=starts_at,
        slot_id=slot_id,
        errors=errors or {},
        problem=problem,
        typed=request.form,
        done=done,
    )
    return page, status
