"""Activities and slots from a table: what is wrong with each row, and long work that takes the right ones in."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import select

from booking.capacity import applying, at_once
from booking.capacity.applying import Wanted
from booking.catalogue.models import Activity, Kind
from booking.centre.facts import the_centre
from booking.centre.models import Space
from booking.kernel import clock
from booking.kernel.database import db, in_language, unit_of_work
from booking.kernel.slugs import new_slug
from booking.outbox.long_work import Progress, Work
from booking.staff import rows as kept

AT_ONCE = 50


class What(StrEnum):
    """What the rows are."""

    ACTIVITIES = "activities"
    SLOTS = "slots"


class Fault(StrEnum):
    """What is wrong with a cell."""

    MISSING = "missing"
    NUMBER = "number"
    DATE = "date"
    TIME = "time"
    PAST = "past"
    UNKNOWN_KIND = "unknown_kind"
    UNKNOWN_SPACE = "unknown_space"
    UNKNOWN_ACTIVITY = "unknown_activity"
    YES_OR_NO = "yes_or_no"
    TOO_LONG = "too_long"
    TWICE = "twice"
    NO_COLUMN = "no_column"


@dataclass(frozen=True, slots=True)
class Mistake:
    """One cell that is wrong; the first row below the heads is row 2, as a spreadsheet counts."""

    row: int
    column: str
    fault: Fault
    said: str = ""


@dataclass(slots=True)
class Checked:
    """What a table holds: rows that can be taken in, and every mistake."""

    rows: list[dict[str, Any]] = field(default_factory=list)
    mistakes: list[Mistake] = field(default_factory=list)


class _Wrong(Exception):
    def __init__(self, fault: Fault) -> None:
        super().__init__(fault)
        self.fault = fault


def columns_of(what: What, languages: Sequence[str]) -> list[str]:
    """The heads of the columns, those that must be there first."""
    if what is What.SLOTS:
        return ["activity", "date", "time", "places"]
    texts = [f"{name}_{lang}" for name in ("title", "summary") for lang in languages]
    rest = ("space", "stay_minutes", "turnaround_minutes", "needs_admission", "least_age", "active")
    return ["kind", "minutes", "places", *texts, *rest]


def check(table: Sequence[Sequence[str]], what: What) -> Checked:
    """Read a table and find every mistake; changes nothing."""
    checked, centre = Checked(), the_centre()
    heads = [head.strip().lower().replace(" ", "_") for head in table[0]] if table else []
    needed = ["activity", "date", "time"] if what is What.SLOTS else ["kind", "minutes", "places"]
    if what is What.ACTIVITIES:
        needed.append(f"title_{centre.languages[0]}")
    checked.mistakes += [Mistake(1, name, Fault.NO_COLUMN) for name in needed if name not in heads]
    if checked.mistakes:
        return checked
    reader = _slots(centre.local(clock.now()).date()) if what is What.SLOTS else _activities(centre.languages)
    seen: set[Any] = set()
    for number, cells in enumerate(table[1:], 2):
        said = {head: cell for head, cell in zip(heads, cells, strict=False)}
        if any(said.values()):
            _check_row(checked, number, said, reader, seen)
    return checked


Reader = Mapping[str, Callable[[str], Any]]


def _check_row(checked: Checked, number: int, said: Mapping[str, str], reader: Reader, seen: set[Any]) -> None:
    row: dict[str, Any] = {}
    before = len(checked.mistakes)
    for name, read in reader.items():
        try:
            row[name] = read(said.get(name, "").replace("\x00", ""))
        except _Wrong as wrong:
            checked.mistakes.append(Mistake(number, name, wrong.fault, said.get(name, "")[:60]))
    if len(checked.mistakes) > before:
        return
    key = (
        (row["activity"], row["date"], row["time"])
        if "time" in row
        else next(v for k, v in row.items() if "title" in k)
    )
    if key in seen:
        checked.mistakes.append(Mistake(number, next(iter(reader)), Fault.TWICE))
        return
    seen.add(key)
    checked.rows.append(row)


def _slots(today: date) -> Reader:
    names: dict[str, int] = {}
    for one in db.session.execute(select(Activity.id, Activity.slug, Activity.title).where(Activity.active)):
        names |= {one.slug: one.id} | {title.casefold(): one.id for title in one.title.values()}
    return {
        "activity": lambda said: _known(said, names, Fault.UNKNOWN_ACTIVITY),
        "date": lambda said: _date(said, today),
        "time": _time,
        "places": lambda said: _number(said, 1, 100_000, required=False),
    }


def _activities(languages: Sequence[str]) -> Reader:
    spaces: dict[str, int] = {}
    for one in db.session.execute(select(Space.id, Space.slug, Space.name)):
        spaces |= {one.slug: one.id} | {name.casefold(): one.id for name in one.name.values()}
    kinds: dict[str, str] = {str(kind): str(kind) for kind in Kind}
    texts: dict[str, Callable[[str], Any]] = {}
    for lang in languages:
        is_first = lang == languages[0]
        texts[f"title_{lang}"] = lambda said, needed=is_first: _text(said, 120, needed)  # type: ignore[misc]
        texts[f"summary_{lang}"] = lambda said: _text(said, 600, False)
    return {
        "kind": lambda said: _known(said, kinds, Fault.UNKNOWN_KIND),
        "minutes": lambda said: _number(said, 1, 1440),
        "places": lambda said: _number(said, 1, 100_000),
        **texts,
        "space": lambda said: _known(said, spaces, Fault.UNKNOWN_SPACE) if said.strip() else None,
        "stay_minutes": lambda said: _number(said, 0, 1440, required=False) or 0,
        "turnaround_minutes": lambda said: _number(said, 0, 600, required=False) or 0,
        "needs_admission": lambda said: _yes(said, False),
        "least_age": lambda said: _number(said, 0, 99, required=False),
        "active": lambda said: _yes(said, True),
    }


def _known(said: str, names: Mapping[str, Any], fault: Fault) -> Any:  # noqa: ANN401  (an id or a word)
    if not said.strip():
        raise _Wrong(Fault.MISSING)
    found = names.get(said.strip().casefold())
    if found is None:
        raise _Wrong(fault)
    return found


def _text(said: str, most: int, needed: bool) -> str:
    said = re.sub(r"\s+", " ", re.sub(r"[\x00-\x1f\x7f\u202a-\u202e\u2066-\u2069]", " ", said)).strip()
    if needed and not said:
        raise _Wrong(Fault.MISSING)
    if len(said) > most:
        raise _Wrong(Fault.TOO_LONG)
    return said


def _number(said: str, least: int, most: int, *, required: bool = True) -> int | None:
    said = re.sub(r"\.0+$", "", said.strip())
    if not said and not required:
        return None
    if not said:
        raise _Wrong(Fault.MISSING)
    if not re.fullmatch(r"[0-9]{1,7}", said) or not least <= int(said) <= most:
        raise _Wrong(Fault.NUMBER)
    return int(said)


def _date(said: str, today: date) -> str:
    """ISO, Norwegian (5.1.2027) or a spreadsheet's serial number."""
    said = re.sub(r"\.0+$", "", said.strip())
    if not said:
        raise _Wrong(Fault.MISSING)
    try:
        if re.fullmatch(r"[0-9]{5}", said):
            day = date(1899, 12, 30) + timedelta(days=int(said))
        elif found := re.fullmatch(r"([0-9]{1,2})\.([0-9]{1,2})\.([0-9]{4})", said):
            day = date(int(found[3]), int(found[2]), int(found[1]))
        elif re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", said):
            day = date.fromisoformat(said)
        else:
            raise _Wrong(Fault.DATE)
    except ValueError:
        raise _Wrong(Fault.DATE) from None
    if not today <= day < today + timedelta(days=3 * applying.MOST_DAYS):
        raise _Wrong(Fault.PAST)
    return day.isoformat()


def _time(said: str) -> str:
    """10:30, 10.30 or a spreadsheet's share of a day."""
    said = said.strip()
    if not said:
        raise _Wrong(Fault.MISSING)
    if re.fullmatch(r"0?\.[0-9]{3,20}|0\.[0-9]{1,20}|0", said):
        minutes = round(float(said) * 1440)
        if minutes < 1440:
            return time(minutes // 60, minutes % 60).strftime("%H:%M")
    found = re.fullmatch(r"([01]?[0-9]|2[0-3])[:.]([0-5][0-9])(?:[:.]00)?", said)
    if not found:
        raise _Wrong(Fault.TIME)
    return f"{int(found[1]):02d}:{found[2]}"


def _yes(said: str, otherwise: bool) -> bool:
    said = said.strip().casefold()
    if not said:
        return otherwise
    if said in {"yes", "y", "1", "true", "ja", "jā", "x"}:
        return True
    if said in {"no", "n", "0", "false", "nei", "nē"}:
        return False
    raise _Wrong(Fault.YES_OR_NO)


def import_step(work: Work) -> Progress:
    """One step of "import.rows"; the cursor counts rows."""
    rows, what = work.about["rows"], What(work.about["what"])
    some = rows[work.cursor : work.cursor + AT_ONCE]
    before = Counter({name: count for name, count in work.said.items() if isinstance(count, int)})
    if what is What.ACTIVITIES:
        done = _take_activities(some, f"account:{work.account_id}")
    else:
        done = _take_slots(some, work.id)
    said, until = before + done, work.cursor + len(some)
    return Progress(until if until < len(rows) else None, until, len(rows), dict(said))


def _take_activities(rows: Iterable[Mapping[str, Any]], actor: str) -> Counter[str]:
    """New ones are made; one of the same title is left as it is, so that a row taken in twice is there once."""
    done: Counter[str] = Counter()
    with unit_of_work():
        there = {in_language(title, "").casefold() for title in db.session.scalars(select(Activity.title))}
        for row in rows:
            title = {name[6:]: said for name, said in row.items() if name.startswith("title_") and said}
            if in_language(title, "").casefold() in there:
                done["there_already"] += 1
                continue
            summary = {name[8:]: said for name, said in row.items() if name.startswith("summary_") and said}
            values = {
                name: row[name] for name in ("minutes", "stay_minutes", "turnaround_minutes", "least_age", "active")
            }
            values |= {"kind": Kind(row["kind"]), "capacity": row["places"], "space_id": row["space"]}
            values |= {"title": title, "summary": summary, "needs_admission": row["needs_admission"]}
            values["slug"] = new_slug(Activity, title)
            kept.add(Activity, values, actor=actor, what="activity")
            there.add(in_language(title, "").casefold())
            done["made"] += 1
    return done


def _take_slots(rows: Sequence[Mapping[str, Any]], made_by: int) -> Counter[str]:
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
        habits = at_once.habits_from([one for one in facts if one["from"] == day])
        wanted = Wanted(start, start + timedelta(days=1), False, False, tuple(habits))
        done += applying.apply(wanted, made_by, clock.now())
    return done
