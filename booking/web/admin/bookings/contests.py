"""Contests: which have how many, who has entered, as a list, on paper and as a file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask import abort, render_template, request
from flask.typing import ResponseReturnValue

from booking.catalogue.models import Kind
from booking.contests.lists import EntryOrder, searched, sorted_lines
from booking.contests.read import ContestRow, ListedEntry, contest_rows, contests_of, listed
from booking.contests.room import teams_of
from booking.contests.rules import ContestFacts
from booking.kernel import clock
from booking.kernel.database import unit_of_work
from booking.records.audit import note
from booking.sheets.files import Format
from booking.staff.models import Role
from booking.web.admin.bookings.contest_sheet import entries_sheet
from booking.web.admin.bookings.exports import send_sheet
from booking.web.blueprints import admin
from booking.web.forms.checked import one_line
from booking.web.guards.access import staff, who
from booking.web.languages import centre, language, wording
from booking.web.typed import one_of

LOOKERS = (Role.DESK, Role.EDUCATOR)  # who receives the teams on the day


@dataclass(frozen=True, slots=True)
class ContestsOfficePage:
    """Contests to come and past. `teams`: how many places a team of each takes."""

    coming: Sequence[ContestRow]
    past: Sequence[ContestRow]
    teams: Mapping[int, int]


@dataclass(frozen=True, slots=True)
class ContestOfficePage:
    """One contest with those who have entered, as far as they were searched for. A `team` takes so many places."""

    row: ContestRow
    team: int
    contest: ContestFacts
    lines: Sequence[ListedEntry]
    all_lines: int
    search: str
    order: EntryOrder
    over: bool

    @property
    def people(self) -> int:
        """How many take part, of those in the list."""
        return sum(line.entry.size for line in self.lines if line.entry is not None)

    @property
    def missing(self) -> int:
        """How many have not been told of."""
        return sum(line.entry is None for line in self.lines)


@admin.get("/contests")
@staff(*LOOKERS)
def contests() -> str:
    """Those to come and those of late."""
    now = clock.now()
    rows = contest_rows(now)
    return render_template(
        "admin/contests.html",
        page=ContestsOfficePage(
            coming=[row for row in rows if row.ends_at > now],
            past=[row for row in reversed(rows) if row.ends_at <= now],
            teams=_teams(rows),
        ),
    )


@admin.get("/contests/<int:slot_id>")
@staff(*LOOKERS)
def contest(slot_id: int) -> str:
    """Who has entered one."""
    return render_template("admin/contest.html", page=_page(slot_id))


@admin.get("/contests/<int:slot_id>/list")
@staff(*LOOKERS)
def contest_list(slot_id: int) -> str:
    """The list to print."""
    return render_template("admin/contest_list.html", page=_page(slot_id))


@admin.post("/contests/<int:slot_id>/file")
@staff(Role.DESK)
def contest_file(slot_id: int) -> ResponseReturnValue:
    """The list as a file, as it was searched and sorted."""
    page = _page(slot_id)
    form = one_of(Format, request.form.get("format")) or Format.CSV
    with unit_of_work():
        note(who().actor, "export.entries", f"slot:{slot_id}", None, {"format": form.value})
    day = centre().local(page.row.starts_at).date()
    return send_sheet(entries_sheet(page.contest, page.lines, wording()), f"entries-{day}", form)


def the_contest(slot_id: int) -> ContestRow:
    """One time of a contest, else 404."""
    rows = contest_rows(clock.now(), slot_id) if slot_id < 10**18 else []
    return rows[0] if rows else abort(404)


def _teams(rows: Sequence[ContestRow]) -> Mapping[int, int]:
    return teams_of((row.activity_id, Kind.CONTEST) for row in rows).sizes


def _page(slot_id: int) -> ContestOfficePage:
    row, search = the_contest(slot_id), one_line(request.args.get("q"))[:100]
    order = one_of(EntryOrder, request.args.get("sort")) or EntryOrder.BOOKED
    every = listed(slot_id, row.activity_id)
    return ContestOfficePage(
        row=row,
        team=_teams([row])[row.activity_id],
        contest=contests_of([row.activity_id])[row.activity_id],
        lines=sorted_lines(searched(every, search), order, language()),
        all_lines=len(every),
        search=search,
        order=order,
        over=row.ends_at <= clock.now(),
    )
