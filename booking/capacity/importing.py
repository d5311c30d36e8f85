"""Activities and slots from a table; see importing.imports."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Sequence
from datetime import date, time, timedelta
from typing import Any

from sqlalchemy import select

from booking.capacity import apply_patterns, one_off_slots
from booking.capacity.apply_patterns import ApplyRequest
from booking.capacity.models import Slot
from booking.capacity.planning import at
from booking.catalogue.models import ENTRY_STAY, Activity, Kind
from booking.centre.facts import the_centre
from booking.centre.models import Space
from booking.importing import cells
from booking.importing.cells import CellFault, Reader
from booking.importing.imports import Import, Outlook, Row
from booking.kernel import clock
from booking.kernel.database import db, in_language, run, unit_of_work
from booking.kernel.slugs import new_slug
from booking.records import audited_rows as kept


def _slot_reader(_heads: Collection[str]) -> Reader:
    names: dict[str, int] = {}
    for activity in db.session.execute(select(Activity.id, Activity.slug, Activity.title).where(Activity.active)):
        names |= {activity.slug: activity.id} | {title.casefold(): activity.id for title in activity.title.values()}
    today = the_centre().local(clock.now()).date()
    end = today + timedelta(days=3 * apply_patterns.MOST_DAYS)
    return {
        "activity": lambda cell: cells.one_of(cell, names, CellFault.UNKNOWN_ACTIVITY),
        "date": lambda cell: cells.day(cell, today, end),
        "time": cells.clock_time,
        "places": lambda cell: cells.number(cell, 1, 100_000, required=False),
    }


def _activity_columns(languages: Sequence[str]) -> list[str]:
    texts = [f"{name}_{lang}" for name in ("title", "summary") for lang in languages]
    rest = ("space", "stay_minutes", "turnaround_minutes", "needs_admission", "least_age", "active")
    return ["kind", "minutes", "places", *texts, *rest]


def _activity_reader(_heads: Collection[str]) -> Reader:
    spaces: dict[str, int] = {}
    for space in db.session.execute(select(Space.id, Space.slug, Space.name)):
        spaces |= {space.slug: space.id} | {name.casefold(): space.id for name in space.name.values()}
    kinds: dict[str, str] = {str(kind): str(kind) for kind in Kind}
    texts: dict[str, Callable[[str], Any]] = {}
    languages = the_centre().languages
    for lang in languages:
        is_first = lang == languages[0]
        texts[f"title_{lang}"] = lambda cell, needed=is_first: cells.text(cell, 120, needed)  # type: ignore[misc]
        texts[f"summary_{lang}"] = lambda cell: cells.text(cell, 600)
    return {
        "kind": lambda cell: cells.one_of(cell, kinds, CellFault.UNKNOWN_KIND),
        "minutes": lambda cell: cells.number(cell, 1, 1440),
        "places": lambda cell: cells.number(cell, 1, 100_000),
        **texts,
        "space": lambda cell: cells.one_of(cell, spaces, CellFault.UNKNOWN_SPACE) if cell.strip() else None,
        "stay_minutes": lambda cell: cells.number(cell, 0, 1440, required=False),
        "turnaround_minutes": lambda cell: cells.number(cell, 0, 600, required=False) or 0,
        "needs_admission": lambda cell: cells.yes(cell, False),
        "least_age": lambda cell: cells.number(cell, 0, 99, required=False),
        "active": lambda cell: cells.yes(cell, True),
    }


def _titles() -> set[str]:
    return {in_language(title, "").casefold() for title in db.session.scalars(select(Activity.title))}


def _title(row: Row) -> dict[str, str]:
    return {name[6:]: text for name, text in row.items() if name.startswith("title_") and text}


def _activity_outlook(rows: Sequence[Row]) -> Outlook:
    there = _titles()
    leaves = sum(in_language(_title(row), "").casefold() in there for row in rows)
    return Outlook(len(rows) - leaves, 0, leaves)


def _take_activities(rows: Sequence[Row], _work_id: int, actor: str) -> Counter[str]:
    """New ones are made; one of the same title is left as it is, so that a row taken in twice is there once."""
    done: Counter[str] = Counter()
    with unit_of_work():
        there = _titles()
        for row in rows:
            title = _title(row)
            if in_language(title, "").casefold() in there:
                done["there_already"] += 1
                continue
            summary = {name[8:]: text for name, text in row.items() if name.startswith("summary_") and text}
            values = {
                name: row[name] for name in ("minutes", "stay_minutes", "turnaround_minutes", "least_age", "active")
            }
            if values["stay_minutes"] is None:
                values["stay_minutes"] = ENTRY_STAY if Kind(row["kind"]) is Kind.ADMISSION else 0
            values |= {"kind": Kind(row["kind"]), "capacity": row["places"], "space_id": row["space"]}
            values |= {"title": title, "summary": summary, "needs_admission": row["needs_admission"]}
            values["slug"] = new_slug(Activity, title)
            kept.add(Activity, values, actor=actor, what="activity")
            there.add(in_language(title, "").casefold())
            done["made"] += 1
    return done


def _slot_outlook(rows: Sequence[Row]) -> Outlook:
    zone = the_centre().zone
    starts = [(row["activity"], at(date.fromisoformat(row["date"]), _time(row["time"]), zone)) for row in rows]
    moments = [start for _activity, start in starts]
    there: set[tuple[int, object]] = set()
    if moments:
        between = (Slot.starts_at >= min(moments), Slot.starts_at <= max(moments))
        of_them = Slot.activity_id.in_(sorted({activity for activity, _start in starts}))
        there = {tuple(row) for row in run(select(Slot.activity_id, Slot.starts_at).where(*between, of_them))}
    leaves = sum(start in there for start in starts)
    return Outlook(len(rows) - leaves, 0, leaves)


def _time(text: str) -> time:
    return time(int(text[:2]), int(text[3:]))


def _take_slots(rows: Sequence[Row], work_id: int, _actor: str) -> Counter[str]:
    facts = [
        {
            "activity_id": row["activity"],
            "from": row["date"],
            "until": row["date"],
            "weekdays": 127,
            "times": [row["time"]],
            "capacity": row["places"],
        }
        for row in rows
    ]
    done: Counter[str] = Counter()
    for day in sorted({row["date"] for row in rows}):
        start = date.fromisoformat(day)
        habits = one_off_slots.habits_from([fact for fact in facts if fact["from"] == day])
        wanted = ApplyRequest(start, start + timedelta(days=1), False, False, tuple(habits))
        done += apply_patterns.apply(wanted, work_id, clock.now())
    return done


ACTIVITIES = Import(
    columns=_activity_columns,
    needed=lambda languages: ["kind", "minutes", "places", f"title_{languages[0]}"],
    reader=_activity_reader,
    key=lambda row: next(title for name, title in row.items() if name.startswith("title_")),
    outlook=_activity_outlook,
    take=_take_activities,
)
SLOTS = Import(
    columns=lambda _languages: ["activity", "date", "time", "places"],
    needed=lambda _languages: ["activity", "date", "time"],
    reader=_slot_reader,
    key=lambda row: (row["activity"], row["date"], row["time"]),
    outlook=_slot_outlook,
    take=_take_slots,
)
