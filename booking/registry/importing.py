"""Schools from a table, matched by organisation number; see importing.imports."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import select

from booking.agreements.models import School, SchoolKind
from booking.agreements.references import LONGEST_PATTERN, OrgNumberWrong, PatternWrong, read_org_number, read_pattern
from booking.agreements.rules import school_year
from booking.bookings.search_words import fold_letters
from booking.centre.facts import the_centre
from booking.importing import cells
from booking.importing.cells import CellFault, Reader, WrongCell
from booking.importing.imports import Import, Outlook, Row
from booking.kernel import clock, typed
from booking.kernel.database import db, unit_of_work
from booking.records import audited_rows as kept
from booking.registry import edits

NEEDED = ["name", "municipality"]
COLUMNS = [*NEEDED, "org_number", "kind", "email", "reference_pattern", "active"]
_KINDS = {
    **{str(kind): str(kind) for kind in SchoolKind},
    **dict.fromkeys(("skole", "skule", "skola"), SchoolKind.SCHOOL.value),
    **dict.fromkeys(("barnehage", "bērnudārzs"), SchoolKind.KINDERGARTEN.value),
}


def _reader(heads: Collection[str]) -> Reader:
    """A column that the table lacks is not read, so that it changes nothing."""
    readers: dict[str, Any] = {
        "name": lambda cell: cells.text(cell, 120, needed=True),
        "municipality": lambda cell: cells.text(cell, 60, needed=True),
        "org_number": _org_number,
        "kind": lambda cell: cells.one_of(cell or "school", _KINDS, CellFault.UNKNOWN_SCHOOL_KIND),
        "email": _email,
        "reference_pattern": _pattern,
        "active": lambda cell: cells.yes(cell, True),
    }
    return {name: read for name, read in readers.items() if name in heads}


def _org_number(cell: str) -> str:
    cell = cells.text(cell, 30).removesuffix(".0")
    if not cell:
        return ""
    try:
        return read_org_number(cell, the_centre().country)[:20]
    except OrgNumberWrong as wrong:
        raise WrongCell(CellFault.MISPRINT if wrong.misprint else CellFault.ORG_NUMBER) from None


def _email(cell: str) -> str:
    cell = cells.text(cell, 254)
    if not cell:
        return ""
    try:
        return typed.mail_address(cell)
    except ValueError:
        raise WrongCell(CellFault.EMAIL) from None


def _pattern(cell: str) -> str:
    cell = cells.text(cell, LONGEST_PATTERN)
    try:
        if cell:
            read_pattern(cell)
    except PatternWrong:
        raise WrongCell(CellFault.PATTERN) from None
    return cell


def _key(row: Row) -> object:
    """By what a school is known again: its number, or its name in its municipality."""
    return row.get("org_number") or _name_and_place(row["name"], row["municipality"])


def _name_and_place(name: str, place: str) -> tuple[str, str]:
    return fold_letters(name)[:120], fold_letters(place)


def _values(row: Row) -> dict[str, Any]:
    values = {name: value for name, value in row.items() if name in COLUMNS}
    values |= {"search": fold_letters(row["name"])[:120], "known": True}
    if "kind" in values:
        values["kind"] = SchoolKind(values["kind"])
    return values


def _known(rows: Sequence[Row]) -> Mapping[object, School]:
    """The schools that these rows may be, by number and by name and place."""
    numbers = sorted({row["org_number"] for row in rows if row.get("org_number")})
    names = sorted({fold_letters(row["name"])[:120] for row in rows})
    known: dict[object, School] = {}
    for school in db.session.scalars(select(School).where(School.search.in_(names)).order_by(School.id)):
        known.setdefault(_name_and_place(school.name, school.municipality), school)
    if numbers:
        for school in db.session.scalars(select(School).where(School.org_number.in_(numbers), School.org_number != "")):
            known[school.org_number] = school
    return known


def _there(known: Mapping[object, School], row: Row) -> School | None:
    """The school of a row: of its number, else of its name and place unless that one has another number."""
    number = row.get("org_number")
    if number and number in known:
        return known[number]
    namesake = known.get(_name_and_place(row["name"], row["municipality"]))
    return None if namesake is not None and number and namesake.org_number else namesake


def _changed(school: School, values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if getattr(school, name) != value}


def _outlook(rows: Sequence[Row]) -> Outlook:
    known = _known(rows)
    there = [(school, _values(row)) for row in rows if (school := _there(known, row)) is not None]
    changes = sum(bool(_changed(school, values)) for school, values in there)
    return Outlook(len(rows) - len(there), changes, len(there) - changes)


def _take(rows: Sequence[Row], _work_id: int, actor: str) -> Counter[str]:
    """New ones are made, others changed where they differ; what the table does not say stays."""
    done: Counter[str] = Counter()
    year = school_year(the_centre().local(clock.now()).date())
    with unit_of_work():
        known = _known(rows)
        for row in rows:
            values, school = _values(row), _there(known, row)
            if school is None:
                kept.add(School, {"kind": SchoolKind.SCHOOL} | values, actor=actor, what="school", quiet=("email",))
                done["made"] += 1
                continue
            changed = _changed(school, values)
            if not changed:
                done["there_already"] += 1
                continue
            seen = kept.mark_of(kept.values_of(school, changed))
            kept.change(School, school.id, changed, seen=seen, actor=actor, what="school", quiet=("email",))
            if {"name", "org_number"} & changed.keys():
                edits.follow_school(school.id, year)
            done["changed"] += 1
    return done


SCHOOLS = Import(
    columns=lambda _languages: COLUMNS,
    needed=lambda _languages: NEEDED,
    reader=_reader,
    key=_key,
    outlook=_outlook,
    take=_take,
)
