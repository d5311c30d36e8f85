"""Who is in the building, what is expected, a count that corrects, and the list for evacuation."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.datastructures.structures import ImmutableMultiDict

from booking.centre.queries import most_in_the_house
from booking.door import board as boards
from booking.door import inside
from booking.door.inside import Expected, Inside, SpaceNow
from booking.door.rules import HouseCount
from booking.kernel import clock
from booking.kernel.database import Texts, unit_of_work
from booking.records.audit import note
from booking.web.blueprints import desk
from booking.web.desk.sent import AT_THE_DOOR, today
from booking.web.guards.access import staff, who
from booking.web.typed import whole_number

MOST_COUNTED = 9999


@dataclass(frozen=True, slots=True)
class EvacuationPage:
    """Who is in the house, on paper."""

    now: datetime
    people: int
    groups: list[Inside]
    parties: list[Inside]


@dataclass(frozen=True, slots=True)
class HousePage:
    """How many are in the house, and where."""

    now: datetime
    people: int
    counted: HouseCount | None
    spaces: list[SpaceNow]
    times: list[datetime]
    coming: list[tuple[Texts, dict[datetime, Expected]]]  # of each space, by time
    problem: str
    left_problem: str
    ask_sure: int | None
    typed: ImmutableMultiDict[str, str]


@desk.get("/house")
@staff(*AT_THE_DOOR)
def house() -> str:
    """The building now and in the next three hours."""
    return _page()


@desk.post("/house/count")
@staff(*AT_THE_DOOR)
def count() -> ResponseReturnValue:
    """Staff counted everybody."""
    people = whole_number(request.form.get("people"), 0, MOST_COUNTED)
    if people is None:
        return _page(_("Enter how many as a whole number, for example 120.")), 422
    limit = most_in_the_house()
    if limit is not None and people > limit and not _is_sure(people):
        return _page(_("That is more than the house may hold (%(num)s). Is it right?", num=limit), ask_sure=people), 422
    with unit_of_work():
        inside.count(people, who().account_id, clock.now())
        note(who().actor, "house.count", "house", None, {"people": people})
    return redirect(url_for("desk.house"), 303)


@desk.post("/house/left")
@staff(*AT_THE_DOOR)
def left() -> ResponseReturnValue:
    """Staff saw some leave."""
    people = whole_number(request.form.get("left"), 1, MOST_COUNTED)
    if people is None:
        return _page(left_problem=_("Enter how many as a whole number, for example 4.")), 422
    here = inside.now_inside(today()[0], clock.now())
    if people > here and not _is_sure(people):
        problem = _("That is more than are in the house as far as we know (%(num)s). Is it right?", num=here)
        return _page(left_problem=problem, ask_sure=people), 422
    with unit_of_work():
        inside.leave(people, who().account_id, clock.now())
    return redirect(url_for("desk.house"), 303)


@desk.get("/evacuation")
@staff(*AT_THE_DOOR)
def evacuation() -> str:
    """Everybody who is in as far as we know, groups first, for paper and for a phone outside the door."""
    now = clock.now()
    begin, _end = today()
    parties = inside.parties_now(begin, now)
    return render_template(
        "desk/evacuation.html",
        page=EvacuationPage(
            now=now,
            people=inside.now_inside(begin, now),
            groups=[party for party in parties if party.group_name],
            parties=[party for party in parties if not party.group_name],
        ),
        present=who(),
    )


def _is_sure(people: int) -> bool:
    """Whether the reader was asked about this very number and says that it is right."""
    return request.form.get("sure") == str(people)


def _page(problem: str = "", left_problem: str = "", ask_sure: int | None = None) -> str:
    now = clock.now()
    begin, end = today()
    people = inside.now_inside(begin, now)
    coming = inside.expected(now)
    return render_template(
        "desk/house.html",
        page=HousePage(
            now=now,
            people=people,
            counted=inside.last_count(begin),
            spaces=inside.spaces_now(
                boards.who_eats(boards.slots_today(begin, end), boards.groups_today(begin, end)), people, now
            ),
            times=sorted({expected.starts_at for expected in coming}),
            coming=[
                (of_space[0].name, {expected.starts_at: expected for expected in of_space})
                for of_space in (
                    list(group) for _space, group in groupby(coming, key=lambda expected: expected.space_id)
                )
            ],
            problem=problem,
            left_problem=left_problem,
            ask_sure=ask_sure,
            typed=request.form,
        ),
        present=who(),
    )
