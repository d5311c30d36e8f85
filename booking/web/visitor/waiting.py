"""The waiting list: the whole party, for any of several times."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, time, timedelta
from typing import ClassVar

from flask import abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from booking.bookings.by_code.beforehand import beforehand
from booking.bookings.details import Contact
from booking.capacity.availability import Availability, Free, slots_between, slots_by_id
from booking.capacity.models import Channel
from booking.capacity.timetable import at
from booking.catalogue.queries import offers_of
from booking.contests.room import teams_at
from booking.kernel import clock
from booking.kernel.codes import is_secret
from booking.kernel.database import unit_of_work
from booking.kernel.refusals import Refusal
from booking.waiting import waiting as waiting_list
from booking.web.blueprints import visitor
from booking.web.extensions import limiter
from booking.web.forms.checked import ContactForm, errors_of
from booking.web.guards.access import public
from booking.web.guards.network import holder
from booking.web.languages import centre, language
from booking.web.refusals import RefusalAnswer, TooOdd, sentence
from booking.web.typed import identity, whole_number
from booking.web.visitor.choosing import TicketChoice, choices_of

MOST_TIMES = 20


@dataclass(frozen=True, slots=True)
class WaitingListPage:
    """The form of the waiting list, around a time that is full."""

    slot: Free
    day: date
    times: list[tuple[Free, Availability]]
    chosen: set[str]
    choices: list[TicketChoice]
    form: ContactForm
    errors: Mapping[str, str]
    problem: RefusalAnswer | None
    standings: ClassVar = Availability
    party: int
    team: int  # in a contest of teams so many places are had together


@visitor.get("/waiting-list")
@public
def wait() -> ResponseReturnValue:
    """The form, around one full time."""
    return _page(_slot(identity(request.args.get("slot"))), ContactForm())


@visitor.post("/waiting-list")
@limiter.limit("10 per minute")
@public
def join() -> ResponseReturnValue:
    """On the list."""
    form = ContactForm()
    slot = _slot(identity(request.form.get("around")))
    chosen = map(identity, request.form.getlist("slot")[:MOST_TIMES])
    ids = [slot_id for slot_id in chosen if slot_id is not None]
    party = _party(slot)
    valid = form.validate()
    try:
        if party is None:
            raise TooOdd
        if not valid:
            return _page(slot, form, status=422)
        contact = Contact(form.name.data, form.address)
        with unit_of_work():
            secret = waiting_list.wait(
                ids, party, contact, centre=centre(), lang=language(), now=clock.now(), holder=holder()
            )
    except Refusal as refusal:
        answer = sentence(refusal)
        return _page(slot, form, answer, answer.status)
    return redirect(url_for("visitor.waiting", secret=secret), 303)


@visitor.get("/waiting/<secret>")
@public
def waiting(secret: str) -> str:
    """One's place in the list."""
    place = waiting_list.by_secret(secret) if is_secret(secret) else None
    if place is None:
        abort(404)
    return render_template("visitor/waiting.html", place=place)


@visitor.post("/waiting/<secret>/leave")
@public
def leave(secret: str) -> ResponseReturnValue:
    """Off the list."""
    with unit_of_work():
        known = is_secret(secret) and waiting_list.leave(secret, clock.now())
    if not known:
        abort(404)
    return redirect(url_for("visitor.waiting", secret=secret), 303)


def _slot(slot_id: int | None) -> Free:
    frees = slots_by_id([slot_id], Channel.PUBLIC, clock.now()) if slot_id else []
    if not frees:
        abort(404)
    return frees[0]


def _party(slot: Free) -> list[tuple[int, int]] | None:
    """Ticket types and quantities as typed; None when one cannot be read."""
    party = []
    for offer in offers_of({slot.activity_id})[slot.activity_id]:
        quantity = whole_number(request.form.get(f"q-{slot.slot_id}-{offer.ticket_type_id}") or "0", 0, 500)
        if quantity is None:
            return None
        if quantity and not offer.all_days:
            party.append((offer.ticket_type_id, quantity))
    return party


def _choices(slot: Free, people: int) -> list[TicketChoice]:
    """What one can wait for; nobody waits for several days at once."""
    lowering = beforehand(Channel.PUBLIC, centre(), clock.now())
    sold = choices_of(slot, offers_of({slot.activity_id}), centre(), request.form, {}, people, lowering)
    return [choice for choice in sold if not choice.offer.all_days]


def _page(
    slot: Free, form: ContactForm, problem: RefusalAnswer | None = None, status: int = 200
) -> ResponseReturnValue:
    now, facts = clock.now(), centre()
    day = facts.local(slot.starts_at).date()
    start = at(day, time(0), facts.zone)
    times = slots_between(slot.activity_id, start, start + timedelta(days=1), Channel.PUBLIC, now)
    teams = teams_at(slot)
    people = whole_number(request.values.get("party"), 1, facts.most_people) or 2
    chosen = set(request.form.getlist("slot")) or {str(slot.slot_id)}
    page = render_template(
        "visitor/waiting_list.html",
        page=WaitingListPage(
            slot=slot,
            day=day,
            times=[(free, teams.standing(free, facts.few_left, now, people)) for free in times if free.starts_at > now],
            team=teams.size(slot.activity_id),
            chosen=chosen,
            choices=_choices(slot, people),
            form=form,
            errors=errors_of(form) if form.is_submitted() else {},
            problem=problem,
            party=people,
        ),
    )
    return page, status
