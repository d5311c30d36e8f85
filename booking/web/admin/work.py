"""Long work: a page with its progress, that can be left and come back to, and says what came of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from flask import abort, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from booking.catalogue.queries import titled_activities
from booking.kernel import clock
from booking.kernel.database import Texts, unit_of_work
from booking.outbox import long_work
from booking.outbox.long_work import Work
from booking.records.audit import note
from booking.staff.models import Role
from booking.web.blueprints import admin
from booking.web.guards.access import staff, who


@dataclass(frozen=True, slots=True)
class WorksPage:
    """What takes long, the latest first."""

    works: Sequence[Work]


@admin.get("/work")
@staff(Role.FINANCE)
def works() -> str:
    """What was begun lately."""
    return render_template("admin/works.html", page=WorksPage(works=long_work.latest()))


@dataclass(frozen=True, slots=True)
class WorkPage:
    """How far one long work has come. `left_alone` is what undoing left as it is: (title, start, why)."""

    work: Work
    left_alone: Sequence[tuple[Mapping[str, str], datetime, str]]


@admin.get("/work/<int:work_id>")
@staff(Role.FINANCE)
def work(work_id: int) -> str:
    """How far it is, and what it said."""
    long = long_work.read(work_id) if work_id < 10**18 else None
    if long is None:
        abort(404)
    stays = _left_alone(long)
    return render_template("admin/work.html", page=WorkPage(work=long, left_alone=stays))


def _left_alone(work: Work) -> list[tuple[Texts, datetime, str]]:
    """What undoing left as it is: (title, start, why)."""
    stays = work.outcome.get("stays", ())
    if not stays:
        return []
    titles = {activity.id: activity.title for activity in titled_activities()}
    return [(titles.get(activity_id, {}), datetime.fromisoformat(start), why) for activity_id, start, why in stays]


@admin.post("/work/<int:work_id>/again")
@staff()
def work_again(work_id: int) -> ResponseReturnValue:
    """Go on from where it ended."""
    if work_id >= 10**18:
        abort(404)
    with unit_of_work():
        if long_work.again(work_id, clock.now()):
            note(who().actor, "work.again", f"work:{work_id}")
    return redirect(url_for("admin.work", work_id=work_id), 303)


@admin.post("/work/<int:work_id>/stop")
@staff()
def stop_work(work_id: int) -> ResponseReturnValue:
    """Do no further step."""
    if work_id >= 10**18:
        abort(404)
    with unit_of_work():
        if long_work.stop(work_id, clock.now()):
            note(who().actor, "work.stop", f"work:{work_id}")
    return redirect(url_for("admin.work", work_id=work_id), 303)
