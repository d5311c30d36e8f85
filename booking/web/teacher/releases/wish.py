"""A wish's own page, opened by its secret: change it until it opens, send it with one press, read the answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from flask import abort, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from wtforms import ValidationError

from booking.bookings.details import Contact
from booking.kernel import clock
from booking.kernel.codes import is_secret
from booking.kernel.database import unit_of_work
from booking.kernel.refusals import Refusal
from booking.programmes.offered import SessionFree
from booking.releases import openings
from booking.releases.models import WishState
from booking.releases.openings import OthersFirst, ReleaseFacts
from booking.visits.book import VisitOrder
from booking.web.blueprints import teacher
from booking.web.extensions import limiter
from booking.web.forms.checked import checked_email, checked_phone, one_line, refuse_addresses
from booking.web.guards.access import public
from booking.web.languages import centre
from booking.web.refusals import RefusalAnswer
from booking.web.teacher.paying import IN_LETTERS
from booking.web.teacher.releases.release import ReleaseNow
from booking.web.teacher.sentences import said
from booking.web.teacher.tokens import open_plan
from booking.web.typed import whole_number
from booking.wishes import wish_facts, wishes
from booking.wishes.batching import Batched
from booking.wishes.wish_facts import PlaceInLine, WishFacts

FIELDS = {"name": 120, "email": 254, "mobile": 40, "on_the_day": 120, "needs": 400}


@dataclass(frozen=True, slots=True)
class InLinePage:
    """A wish that has its number and waits for its turn."""

    secret: str
    stands: PlaceInLine
    again: int


@dataclass(frozen=True, slots=True)
class WishPage(ReleaseNow):
    """A wish as it stands, prepared or answered."""

    wish: WishFacts
    problem: RefusalAnswer | None
    free: list[SessionFree]
    errors: Mapping[str, str]
    typed: Mapping[str, str]
    done: str
    states: ClassVar = WishState
    most: ClassVar = wishes.MOST_OPTIONS


@teacher.get("/school/wish/<secret>")
@public
def wish(secret: str) -> ResponseReturnValue:
    """The wish as it stands: prepared, in line, or answered."""
    return _page(secret)


@teacher.get("/school/wish/<secret>/standing")
@limiter.limit("3000 per minute")
@public
def wish_standing(secret: str) -> ResponseReturnValue:
    """Where the wish stands, for the page that asks again by itself."""
    line = _standing(secret)
    return {"state": line.state.value, "turn": line.turn, "before": line.before, "again": again_after(line)}


@teacher.post("/school/wish/<secret>/send")
@limiter.limit("3000 per minute")
@public
def send_wish(secret: str) -> ResponseReturnValue:
    """Stand in line. Answered at once with the number: a redirect more would be a queue more for three hundred."""
    if not is_secret(secret):
        abort(404)
    centre()  # read before the line is locked
    stands = _line_up(wishes.Pressed(secret, clock.now()))
    if isinstance(stands, Refusal):
        answer = said(stands)
        return _page(secret, answer, answer.status)
    return _line(secret, stands) if stands.is_waiting else _page(secret)


@teacher.post("/school/wish/<secret>/option")
@limiter.limit("60 per hour")
@public
def add_option(secret: str) -> ResponseReturnValue:
    """One more plan, from the planner."""
    plan = open_plan(request.form.get("plan", ""), str(current_app.secret_key))
    if plan is None:
        return render_template("teacher/too_old.html"), 410
    return _done(secret, "changed", lambda: wishes.add_option(secret, plan, clock.now()))


@teacher.post("/school/wish/<secret>/order")
@limiter.limit("120 per hour")
@public
def order_options(secret: str) -> ResponseReturnValue:
    """A plan up, or away."""
    up = whole_number(request.form.get("up"), 1, wishes.MOST_OPTIONS)
    if up is not None:
        return _done(secret, "changed", lambda: wishes.prefer_option(secret, up, clock.now()))
    away = whole_number(request.form.get("away"), 0, wishes.MOST_OPTIONS)
    return _done(secret, "changed", lambda: wishes.remove_option(secret, -1 if away is None else away, clock.now()))


@teacher.post("/school/wish/<secret>/contact")
@limiter.limit("60 per hour")
@public
def change_wish(secret: str) -> ResponseReturnValue:
    """Who answers."""
    typed = {name: one_line(request.form.get(name))[:most] for name, most in FIELDS.items()}
    errors: dict[str, str] = {}
    email = phone = ""
    if not typed["name"]:
        errors["name"] = _("Enter your name.")
    refuse_addresses(typed, IN_LETTERS, errors)
    try:
        email = checked_email(typed["email"])
    except ValidationError as error:
        errors["email"] = str(error)
    try:
        phone = checked_phone(typed["mobile"], centre().country)
        if not phone:
            errors["mobile"] = _("Enter a mobile number that we can call on the day.")
    except ValidationError:
        errors["mobile"] = _("That does not look like a phone number.")
    if errors:
        return _page(secret, status=422, typed=typed, errors=errors)
    contact = Contact(typed["name"], email, phone, typed["needs"])
    return _done(
        secret,
        "changed",
        lambda: wishes.change_contact(secret, contact, typed["on_the_day"] or contact.name, clock.now()),
    )


@teacher.post("/school/wish/<secret>/withdraw")
@limiter.limit("60 per hour")
@public
def withdraw_wish(secret: str) -> ResponseReturnValue:
    """Take it back: nothing of it is kept."""
    facts = _found(secret)
    try:
        with unit_of_work():
            wishes.withdraw(secret, clock.now())
    except Refusal as refusal:
        answer = said(refusal)
        return _page(secret, answer, answer.status)
    return redirect(url_for("teacher.release", release_id=facts.release_id, withdrawn=1), 303)


def _stand_in_line(pressed: Sequence[wishes.Pressed]) -> Sequence[PlaceInLine | Refusal]:
    with unit_of_work():
        return wishes.stand_all_in_line(pressed)


_line_up = Batched(_stand_in_line)


def keep_as_wish(order: VisitOrder, release: ReleaseFacts, refusal: Refusal) -> ResponseReturnValue:
    """What could not be booked now is a wish: for the opening, or behind those who stand in line. Raises Refusal."""
    now = clock.now()
    with unit_of_work():
        if isinstance(refusal, OthersFirst):
            secret = wishes.prepare_and_send(order, release, now)
        else:
            secret = wishes.prepare(order, release, now)
    return redirect(url_for("teacher.wish", secret=secret), 303)


def again_after(line: PlaceInLine) -> int:
    """Milliseconds until the page asks again: the further back in line, the later, so that nobody is crowded out."""
    return min(15_000, 1_500 + line.before * 40)


def _standing(secret: str) -> PlaceInLine:
    line = wish_facts.standing(secret) if is_secret(secret) else None
    if line is None:
        abort(404)
    return line


def _found(secret: str) -> WishFacts:
    facts = wish_facts.by_secret(secret) if is_secret(secret) else None
    if facts is None:
        abort(404)
    return facts


def _done(secret: str, what: str, do: Callable[[], None]) -> ResponseReturnValue:
    _found(secret)
    try:
        with unit_of_work():
            do()
    except Refusal as refusal:
        answer = said(refusal)
        return _page(secret, answer, answer.status)
    return redirect(url_for("teacher.wish", secret=secret, done=what), 303)


def _line(secret: str, stands: PlaceInLine) -> str:
    return render_template(
        "teacher/in_line.html", page=InLinePage(secret=secret, stands=stands, again=again_after(stands))
    )


def _page(
    secret: str,
    problem: RefusalAnswer | None = None,
    status: int = 200,
    typed: dict[str, str] | None = None,
    errors: dict[str, str] | None = None,
) -> ResponseReturnValue:
    stands = _standing(secret)
    if stands.is_waiting:
        return _line(secret, stands), status
    facts = _found(secret)
    release = openings.release_with_id(facts.release_id)
    if release is None:
        abort(404)
    answered = facts.state not in (WishState.PREPARED, WishState.GRANTED)
    page = WishPage(
        release,
        clock.now(),
        wish=facts,
        problem=problem,
        free=wish_facts.still_free(facts, release, clock.now()) if answered else [],
        errors=errors or {},
        typed=typed or _contact_of(facts),
        done=request.args.get("done", ""),
    )
    return render_template("teacher/wish.html", page=page), status


def _contact_of(facts: WishFacts) -> dict[str, str]:
    """Who answers, as the form shows it."""
    contact = facts.contact
    return {
        "name": contact.name,
        "email": contact.email,
        "mobile": contact.phone,
        "on_the_day": facts.on_the_day,
        "needs": contact.needs,
    }
