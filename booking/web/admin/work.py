"""Long work: a page with its progress, that can be left and come back to, and says what came of it."""

from __future__ import annotations

from flask import abort, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from booking.kernel import clock
from booking.kernel.database import unit_of_work
from booking.outbox import long_work
from booking.outbox.long_work import WorkState
from booking.staff.audit import note
from booking.staff.models import Role
from booking.web.access import staff, who
from booking.web.admin import admin


@admin.get("/work")
@staff(Role.FINANCE)
def works() -> str:
    """What was begun lately."""
    return render_template("admin/works.html", present=who(), works=long_work.latest(), states=WorkState)


@admin.get("/work/<int:work_id>")
@staff(Role.FINANCE)
def work(work_id: int) -> str:
    """How far it is, and what it said."""
    found = long_work.read(work_id) if work_id < 10**18 else None
    if found is None:
        abort(404)
    return render_template("admin/work.html", present=who(), work=found, states=WorkState)


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
