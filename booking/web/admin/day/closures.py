"""Close a day or some hours: look ahead, close, see who is hit, call the groups, open again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import ClassVar

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from booking.capacity.models import Channel
from booking.closures import close, preview, queries, refund_unanswered
from booking.closures.close import ClosureImpact, ClosureRequest, NothingToClose
from booking.closures.models import ClosedReason, ClosureChoice
from booking.closures.preview import Ahead
from booking.closures.queries import ClosureFacts, HitFacts
from booking.closures.reopen import reopen
from booking.door.inside import Inside
from booking.kernel import clock
from booking.kernel.database import Texts, unit_of_work
from booking.kernel.refusals import Refusal
from booking.occupancy import overview
from booking.outbox import long_work
from booking.outbox.long_work import Work
from booking.records.audit import note
from booking.staff.models import Role
from booking.web.admin.closing_words import read_words, words_field
from booking.web.admin.day.whom import inside_ahead, staying
from booking.web.blueprints import admin
from booking.web.forms.dates import moment
from booking.web.forms.fields import Field
from booking.web.forms.filled import labels
from booking.web.guards.access import staff, who
from booking.web.languages import centre
from booking.web.refusals import RefusalAnswer, sentence
from booking.web.typed import a_clock, a_day, identity

MOST_DAYS = 31


@dataclass(frozen=True, slots=True)
class Read:
    """What a form says: the wish, or what is wrong with it by field."""

    wish: ClosureRequest | None
    errors: dict[str, str]


@dataclass(frozen=True, slots=True)
class ClosuresPage:
    """All closures, the latest first."""

    closures: Sequence[ClosureFacts]
    now: datetime


@admin.get("/closures")
@staff(Role.DESK, Role.EDUCATOR)
def closures() -> str:
    """What was closed lately."""
    return render_template("admin/closures.html", page=ClosuresPage(closures=queries.latest(), now=clock.now()))


@admin.get("/closures/new")
@staff()
def new_closure() -> ResponseReturnValue:
    """Say what to close, and see what it would hit before it does."""
    if not request.args.get("look"):
        return _form({})
    read = _read()
    if read.wish is None:
        return _form(read.errors), 422
    return _form({}, close.look_ahead(read.wish), wish=read.wish)


@admin.post("/closures/new")
@staff()
def close_down() -> ResponseReturnValue:
    """Close it."""
    read, me = _read(), who()
    if read.wish is None:
        return _form(read.errors), 422
    try:
        with unit_of_work():
            closure_id = close.close_down(read.wish, now=clock.now(), account_id=me.account_id, actor=me.actor)
    except NothingToClose as refusal:
        answer = sentence(refusal)
        return _form({}, problem=answer), answer.status
    return redirect(url_for("admin.closure", closure_id=closure_id), 303)


@dataclass(frozen=True, slots=True)
class ClosurePage:
    """One closure: whom it hit, what each has chosen, who is still inside."""

    closure: ClosureFacts
    slots: int
    work: Work | None
    groups: Sequence[HitFacts]
    others: Sequence[HitFacts]
    counted: Mapping[ClosureChoice | None, int]
    inside: Sequence[Inside]

    choices: ClassVar[type[ClosureChoice]] = ClosureChoice


@admin.get("/closures/<int:closure_id>")
@staff(Role.DESK, Role.EDUCATOR)
def closure(closure_id: int) -> str:
    """Who was hit, who has answered, how far the letters are."""
    facts = _known(closure_id)
    hits = queries.hits_of(closure_id)
    return render_template(
        "admin/closure.html",
        page=ClosurePage(
            closure=facts,
            slots=queries.slots_of(closure_id),
            work=long_work.read(facts.work_id) if facts.work_id else None,
            groups=[hit for hit in hits if hit.channel is Channel.SCHOOL],
            others=[hit for hit in hits if hit.channel is not Channel.SCHOOL],
            counted=queries.counted(closure_id),
            inside=_inside(facts, hits) if facts.reopened_at is None else [],
        ),
    )


def _inside(facts: ClosureFacts, hits: Sequence[HitFacts]) -> list[Inside]:
    """Parties in the house today who are still there when it closes: of a part of the house, those it hits."""
    whole_house = facts.space is None and facts.activity is None and not facts.listed
    hit = {hit_booking.booking_id for hit_booking in hits}
    there = staying(facts.starts_at, facts.ends_at)
    return [inside for inside in there if whole_house or inside.booking_id in hit]


@dataclass(frozen=True, slots=True)
class CallListPage:
    """Whom to call about a closure, on paper."""

    closure: ClosureFacts
    hits: Sequence[HitFacts]
    now: datetime


@admin.get("/closures/<int:closure_id>/calls")
@staff(Role.DESK, Role.EDUCATOR)
def call_list(closure_id: int) -> str:
    """The phone list on paper: groups first, then those without an address."""
    facts = _known(closure_id)
    hits = [hit for hit in queries.hits_of(closure_id) if hit.is_to_be_called]
    return render_template("admin/call_list.html", page=CallListPage(closure=facts, hits=hits, now=clock.now()))


@admin.post("/closures/<int:closure_id>/called/<int:booking_id>")
@staff(Role.DESK, Role.EDUCATOR)
def mark_called(closure_id: int, booking_id: int) -> ResponseReturnValue:
    """They were reached by phone; pressed again, they were not."""
    _known(closure_id)
    if booking_id >= 10**18:
        abort(404)
    with unit_of_work():
        if not queries.note_call(closure_id, booking_id, clock.now()):
            abort(404)
        note(who().actor, "closure.called", f"booking:{booking_id}", None, {"closure": closure_id})
    return redirect(url_for("admin.closure", closure_id=closure_id) + f"#b{booking_id}", 303)


@admin.post("/closures/<int:closure_id>/reopen")
@staff()
def reopen_closure(closure_id: int) -> ResponseReturnValue:
    """Open again what it closed."""
    _known(closure_id)
    try:
        with unit_of_work():
            opened = reopen(closure_id, now=clock.now(), actor=who().actor)
    except Refusal as refusal:
        flash(sentence(refusal).text)
        return redirect(url_for("admin.closure", closure_id=closure_id), 303)
    flash(ngettext("%(num)s slot is open again.", "%(num)s slots are open again.", opened))
    return redirect(url_for("admin.closure", closure_id=closure_id), 303)


@admin.post("/closures/<int:closure_id>/refund")
@staff()
def refund_rest(closure_id: int) -> ResponseReturnValue:
    """Pay back whoever has not chosen; what cannot be is left for people to look at."""
    facts, me = _known(closure_id), who()
    if facts.reopened_at is not None:
        flash(sentence(close.NotClosed()).text)
        return redirect(url_for("admin.closure", closure_id=closure_id), 303)
    with unit_of_work():
        work_id = refund_unanswered.begin(closure_id, me.account_id, me.actor)
    return redirect(url_for("admin.work", work_id=work_id), 303)


def _known(closure_id: int) -> ClosureFacts:
    facts = queries.closure_with_id(closure_id) if closure_id < 10**18 else None
    if facts is None:
        abort(404)
    return facts


@dataclass(frozen=True, slots=True)
class NewClosurePage:
    """The form of a closing, and whom it would hit as far as it is filled in."""

    errors: Mapping[str, str]
    labels: Mapping[str, str]
    word: Field
    langs: Sequence[str]
    hit: ClosureImpact | None
    named: Sequence[Ahead]
    inside: Sequence[Inside]
    closes_days: bool
    problem: RefusalAnswer | None
    typed: Mapping[str, str]
    today: date
    whys: Sequence[ClosedReason]
    spaces: Sequence[tuple[int, Mapping[str, str]]]
    activities: Sequence[tuple[int, Mapping[str, str]]]


def _form(
    errors: dict[str, str],
    hit: close.ClosureImpact | None = None,
    problem: RefusalAnswer | None = None,
    wish: ClosureRequest | None = None,
) -> str:
    today, langs, word = centre().local(clock.now()).date(), centre().languages, words_field()
    return render_template(
        "admin/closure_new.html",
        page=NewClosurePage(
            errors=errors,
            labels=labels([word], langs),
            word=word,
            langs=langs,
            hit=hit,
            named=preview.named(wish) if wish else [],
            inside=inside_ahead(wish) if wish else [],
            closes_days=bool(wish and wish.days),
            problem=problem,
            typed=request.values,
            today=today,
            whys=list(ClosedReason),
            spaces=[(space_id, name) for space_id, name, is_house in overview.space_names() if not is_house],
            activities=overview.activity_names(),
        ),
    )


def _read() -> Read:
    """The form, in the address while one looks ahead and in the body when one closes."""
    form, errors = request.values, {}
    day = a_day(form.get("date"))
    last = a_day(form.get("last")) if form.get("last") else day
    begin = a_clock(form.get("from")) if form.get("from") else None
    until = a_clock(form.get("until")) if form.get("until") else None
    words, wrong_words = read_words(form)
    if day is None:
        errors["date"] = _("Choose a day.")
    if last is None or (day and not day <= last <= day + timedelta(days=MOST_DAYS)):
        errors["last"] = _("The last day must come after the first, at most 31 days later.")
    if (form.get("from") and begin is None) or (form.get("until") and until is None):
        errors["from"] = _("Enter times like 12:30, or leave both empty for the whole day.")
    elif (begin is None) != (until is None) or (begin and until and begin >= until):
        errors["from"] = _("Enter both times, the first before the second, or neither for the whole day.")
    elif begin and day != last:
        errors["from"] = _("Hours can be closed on one day at a time.")
    if form.get("why", "") not in set(ClosedReason):
        errors["why"] = _("Choose why.")
    errors |= wrong_words
    space, activity = _chosen("space", errors), _chosen("activity", errors)
    if errors or day is None or last is None:
        return Read(None, errors)
    why = ClosedReason(form.get("why", ""))
    if begin and until:
        return Read(ClosureRequest(moment(day, begin), moment(day, until), why, words, space, activity), {})
    return Read(_whole_days(day, last, why, words, space, activity), {})


def _whole_days(
    day: date, last: date, why: ClosedReason, words: Texts, space: int | None, activity: int | None
) -> ClosureRequest:
    starts_at, ends_at, days = close.whole_days(day, last, centre())
    whole_house = space is None and activity is None
    return ClosureRequest(starts_at, ends_at, why, words, space, activity, days=days if whole_house else ())


def _chosen(name: str, errors: dict[str, str]) -> int | None:
    """A space or an activity that there is; None for all."""
    text = request.values.get(name)
    if not text:
        return None
    known = {named[0] for named in (overview.space_names() if name == "space" else overview.activity_names())}
    chosen = identity(text)
    if chosen not in known:
        errors[name] = _("That choice no longer exists. Please choose again.")
        return None
    return chosen
