"""Release days: write one, publish it, see the wishes come in, and what came of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, ClassVar

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from booking.kernel import clock
from booking.kernel.database import Texts, unit_of_work
from booking.kernel.refusals import Refusal
from booking.outbox import long_work
from booking.outbox.long_work import Work
from booking.programmes.offered import programmes
from booking.releases import edits, openings
from booking.releases.edits import ReleaseWanted
from booking.releases.models import ReleaseWay, Stage, WishState
from booking.releases.openings import ReleaseFacts
from booking.web.blueprints import admin
from booking.web.forms.chosen_fields import ChoiceField, SeveralNumbersField
from booking.web.forms.dates import moment
from booking.web.forms.fields import ClockField, DayField, Field, WholeField
from booking.web.forms.filled import Filled, labels, read, show
from booking.web.guards.access import staff, who
from booking.web.languages import centre, wording
from booking.web.refusals import RefusalAnswer, sentence
from booking.web.teacher.releases.release import ReleaseNow
from booking.wishes import answering, wish_facts
from booking.wishes.wish_facts import WishRow

A_DAY = timedelta(days=1)
NINE = time(9)


@dataclass(frozen=True, slots=True)
class ReleasesPage:
    """All release days, the latest opening first."""

    releases: Sequence[ReleaseFacts]
    now: datetime

    stages: ClassVar[type[Stage]] = Stage
    ways: ClassVar[type[ReleaseWay]] = ReleaseWay


@admin.get("/releases")
@staff()
def releases_list() -> str:
    """All of them, the latest opening first."""
    return render_template("admin/releases.html", page=ReleasesPage(releases=openings.latest(), now=clock.now()))


@admin.get("/releases/new")
@staff()
def new_release() -> str:
    """An empty form with a sensible day in it."""
    today = centre().local(clock.now()).date()
    opens = today + timedelta(days=28)
    values = {
        "way": ReleaseWay.FIRST_COME.value,
        "opens_date": opens,
        "opens_time": NINE,
        "prepare_date": today + timedelta(days=7),
        "kept_percent": 0,
        "lately_date": date(opens.year - 1, opens.month, min(opens.day, 28)),
    }
    return _form(None, Filled(typed=show(values, _fields(), ())))


@admin.post("/releases/new")
@staff()
def add_release() -> ResponseReturnValue:
    """Keep it as a draft."""
    return _save(None)


@admin.get("/releases/<int:release_id>")
@staff()
def release(release_id: int) -> str:
    """How it stands: rules, wishes, outcome."""
    return _page(_known(release_id))


@admin.get("/releases/<int:release_id>/change")
@staff()
def edit_release(release_id: int) -> ResponseReturnValue:
    """The form of a draft."""
    facts = _known(release_id)
    if facts.stage is not Stage.DRAFT:
        return redirect(url_for("admin.release", release_id=release_id), 303)
    return _form(facts, Filled(typed=show(_standing(facts), _fields(), ())))


@admin.post("/releases/<int:release_id>/change")
@staff()
def change_release(release_id: int) -> ResponseReturnValue:
    """Save a draft."""
    _known(release_id)
    return _save(release_id)


@admin.post("/releases/<int:release_id>/publish")
@staff()
def publish_release(release_id: int) -> ResponseReturnValue:
    """Tell everybody; the rules stand from now on."""
    facts = _known(release_id)
    try:
        with unit_of_work():
            edits.publish(release_id, clock.now(), who().actor)
    except Refusal as refusal:
        answer = sentence(refusal)
        return _page(facts, answer), answer.status
    flash(_("Published. Its dates cannot be booked before it opens."))
    return redirect(url_for("admin.release", release_id=release_id), 303)


@admin.post("/releases/<int:release_id>/withdraw")
@staff()
def withdraw_release(release_id: int) -> ResponseReturnValue:
    """Call it off, or throw a draft away."""
    facts = _known(release_id)
    try:
        with unit_of_work():
            if facts.stage is Stage.DRAFT:
                edits.remove(release_id, who().actor)
                written = 0
            else:
                written = edits.withdraw(release_id, who().actor)
    except Refusal as refusal:
        answer = sentence(refusal)
        return _page(facts, answer), answer.status
    flash(
        ngettext("Called off. %(num)s teacher is written to.", "Called off. %(num)s teachers are written to.", written)
    )
    return redirect(url_for("admin.releases_list"), 303)


@admin.post("/releases/<int:release_id>/go-on")
@staff()
def go_on_drawing(release_id: int) -> ResponseReturnValue:
    """A drawing that was stopped or broke goes on where it was."""
    facts = _known(release_id)
    work = long_work.read(facts.work_id) if facts.work_id else None
    if work is None or work.is_going_on or facts.drawn_at is not None:
        return redirect(url_for("admin.release", release_id=release_id), 303)
    with unit_of_work():
        work_id = long_work.begin(answering.KIND, {"release_id": release_id}, who().account_id, total=work.total)
        edits.go_on(release_id, work_id, who().actor)
    return redirect(url_for("admin.work", work_id=work_id), 303)


def _known(release_id: int) -> ReleaseFacts:
    facts = openings.release_with_id(release_id) if release_id < 10**18 else None
    if facts is None:
        abort(404)
    return facts


@dataclass(frozen=True, slots=True)
class ReleaseOfficePage:
    """One release day as the office sees it: `shown` is what holds now, `places` what a draft would open."""

    shown: ReleaseNow
    problem: RefusalAnswer | None
    titles: Sequence[Texts]
    counted: Mapping[WishState, int]
    rows: Sequence[WishRow]
    places: int
    work: Work | None

    stages: ClassVar[type[Stage]] = Stage
    states: ClassVar[type[WishState]] = WishState

    @property
    def release(self) -> ReleaseFacts:
        """The release day itself."""
        return self.shown.release


def _page(facts: ReleaseFacts, problem: RefusalAnswer | None = None) -> str:
    titles = {programme.activity_id: programme.title for programme in programmes()}
    opening = openings.programmes_of(facts.id)
    page = ReleaseOfficePage(
        shown=ReleaseNow(facts, clock.now()),
        problem=problem,
        titles=[titles[programme] for programme in opening if programme in titles],
        counted=wish_facts.count(facts.id),
        rows=wish_facts.rows_of(facts.id),
        places=edits.count_places(opening, facts.from_at, facts.to_at),
        work=long_work.read(facts.work_id) if facts.work_id else None,
    )
    return render_template("admin/release.html", page=page)


@dataclass(frozen=True, slots=True)
class ReleaseFormPage:
    """The form of a release day; `release` is None for a new one."""

    release: ReleaseFacts | None
    fields: Sequence[Field]
    filled: Filled
    problem: RefusalAnswer | None

    langs: ClassVar[Sequence[str]] = ()

    @property
    def labels(self) -> Mapping[str, str]:
        """What each input is called."""
        return labels(self.fields, self.langs)


def _form(facts: ReleaseFacts | None, filled: Filled, problem: RefusalAnswer | None = None) -> str:
    return render_template("admin/release_form.html", page=ReleaseFormPage(facts, _fields(), filled, problem))


def _save(release_id: int | None) -> ResponseReturnValue:
    facts = openings.release_with_id(release_id) if release_id else None
    filled = read(request.form, _fields(), ())
    wanted = _wanted(filled)
    if wanted is None:
        return _form(facts, filled), 422
    try:
        with unit_of_work():
            saved = edits.write(release_id, wanted, who().actor)
    except Refusal as refusal:
        answer = sentence(refusal)
        return _form(facts, filled, answer), answer.status
    return redirect(url_for("admin.release", release_id=saved), 303)


def _wanted(filled: Filled) -> ReleaseWanted | None:
    """The form as a wish, once its answers fit together."""
    values, errors = filled.values, filled.errors
    first, last, opens = values.get("first_date"), values.get("last_date"), values.get("opens_date")
    if first and last and not first <= last <= first + timedelta(days=400):
        errors["last_date"] = _("The last day must come after the first, at most 400 days later.")
    if opens and values.get("prepare_date") and values["prepare_date"] > opens:
        errors["prepare_date"] = _("Wishes are prepared before it opens.")
    if opens and values.get("until_date") and values["until_date"] <= opens:
        errors["until_date"] = _("The rule ends on a day after the opening.")
    if opens and values.get("lately_date") and values["lately_date"] > opens:
        errors["lately_date"] = _("Choose a day before the opening.")
    if errors or first is None or last is None or opens is None:
        return None
    opens_at = moment(opens, values["opens_time"])
    return ReleaseWanted(
        way=ReleaseWay(values["way"]),
        activity_ids=tuple(values["programmes"]),
        from_at=moment(first, time(0)),
        to_at=moment(last + A_DAY, time(0)),
        prepare_from=min(moment(values["prepare_date"], time(0)), opens_at),
        opens_at=opens_at,
        until=moment(values["until_date"], values["opens_time"]) if values["until_date"] else None,
        kept_percent=values["kept_percent"],
        most_per_school=values["most_per_school"],
        lately_since=moment(values["lately_date"], time(0)),
    )


def _standing(facts: ReleaseFacts) -> dict[str, Any]:
    def local(at: datetime) -> datetime:
        return centre().local(at)

    return {
        "way": facts.way.value,
        "programmes": openings.programmes_of(facts.id),
        "first_date": local(facts.from_at).date(),
        "last_date": (local(facts.to_at) - A_DAY).date(),
        "opens_date": local(facts.opens_at).date(),
        "opens_time": local(facts.opens_at).time(),
        "prepare_date": local(facts.prepare_from).date(),
        "kept_percent": facts.kept_percent,
        "lately_date": local(facts.lately_since).date(),
        "most_per_school": facts.most_per_school,
        "until_date": local(facts.until).date() if facts.until else None,
    }


def _fields() -> list[Field]:
    return [*_what_opens(), *_when(), *_rules_of_the_day()]


def _what_opens() -> list[Field]:
    offered = [(str(programme.activity_id), wording().words(programme.title)) for programme in programmes()]
    return [
        SeveralNumbersField("programmes", _("Programmes"), choices=offered, heading=_("What opens")),
        DayField("first_date", _("First day")),
        DayField("last_date", _("Last day")),
    ]


def _when() -> list[Field]:
    return [
        DayField("opens_date", _("Opens on"), heading=_("When")),
        ClockField("opens_time", _("at"), hint=_("By the centre's clock.")),
        DayField("prepare_date", _("Wishes can be prepared from")),
    ]


def _rules_of_the_day() -> list[Field]:
    ways = [
        (ReleaseWay.FIRST_COME.value, _("First come, first served")),
        (ReleaseWay.DRAWING.value, _("A drawing among wishes")),
    ]
    lately, of_all = _("Kept for schools that have not come lately"), _("Of all places. 0: nothing is kept.")
    one_school, as_many = _("Most visits for one school"), _("Empty: as many as they like.")
    as_long = _("At the same time of day. Empty: as long as the dates last.")
    return [
        ChoiceField("way", _("How places are given out"), choices=ways, heading=_("The rules of the day")),
        WholeField("kept_percent", lately, most=100, unit="%", hint=of_all),
        DayField("lately_date", _("Lately is since")),
        WholeField("most_per_school", one_school, least=1, most=1000, required=False, hint=as_many),
        DayField("until_date", _("The two rules hold until"), required=False, hint=as_long),
    ]
