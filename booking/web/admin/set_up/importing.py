"""Taking rows in from a table: look first, with every mistake by row and column, then have it done."""

from __future__ import annotations

import base64
import binascii
import json
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from booking.catalogue.queries import titled_activities
from booking.centre.queries import spaces
from booking.importing import sheets
from booking.importing.cells import CellFault
from booking.importing.imports import CheckedTable, Outlook, Row, check
from booking.imports import IMPORTS
from booking.kernel.database import unit_of_work
from booking.outbox import long_work
from booking.records.audit import note
from booking.web.admin.bookings.schools import kind_names as school_kinds
from booking.web.admin.registers.activities import kind_names as activity_kinds
from booking.web.blueprints import admin
from booking.web.files import download
from booking.web.guards.access import staff, who
from booking.web.languages import centre, language, wording

LARGEST_TABLE = 2_000_000
SHOWN = 30  # rows, before they are taken in


@admin.get("/import")
@staff()
def import_start() -> str:
    """Choose a table."""
    return _page(_what(request.args.get("what", "")))


@admin.get("/import/<what>.csv")
@staff()
def import_example(what: str) -> ResponseReturnValue:
    """An empty table with the right heads."""
    kind = _what(what) or next(iter(IMPORTS))
    heads = ";".join(IMPORTS[kind].columns(centre().languages))
    return download(f"\ufeff{heads}\r\n".encode(), "text/csv; charset=utf-8", f"{kind}.csv")


@admin.post("/import")
@staff()
def import_try() -> ResponseReturnValue:
    """Say what is wrong, or what would be taken in."""
    what, file = _what(request.form.get("what", "")), request.files.get("file")
    if what is None:
        return _page(errors={"what": _("Choose what the rows are.")}), 422
    content = file.read() if file is not None else b""
    if not content:
        return _page(what, errors={"file": _("Choose a file.")}), 422
    try:
        table = sheets.read(content, "lv" if centre().country == "LV" else language())
    except sheets.Unreadable:
        return _page(what, errors={"file": _("We cannot read this file. Save it as CSV or XLSX and try again.")}), 422
    except sheets.TooManyRows:
        most = _("At most %(most)s rows at once. Split the table.", most=sheets.MOST_ROWS)
        return _page(what, errors={"file": most}), 422
    checked = check(table, IMPORTS[what], centre().languages)
    packed = base64.b64encode(zlib.compress(json.dumps(table).encode())).decode()
    return _page(what, checked=checked, packed=packed), 422 if checked.mistakes else 200


@admin.post("/import/do")
@staff()
def import_do() -> ResponseReturnValue:
    """Have the worker take the rows in; they are checked once more."""
    what, table = _what(request.form.get("what", "")), _unpacked(request.form.get("table", ""))
    if what is None or table is None:
        return _page(errors={"file": _("Choose the file once more.")}), 422
    checked = check(table, IMPORTS[what], centre().languages)
    if checked.mistakes or not checked.rows:
        return _page(what, checked=checked), 422
    with unit_of_work():
        about = {"what": what, "rows": checked.rows}
        work_id = long_work.begin("import.rows", about, who().account_id, len(checked.rows))
        note(who().actor, "import.rows", f"work:{work_id}", None, {"what": what, "rows": len(checked.rows)})
    return redirect(url_for("admin.work", work_id=work_id), 303)


def _what(what: str) -> str | None:
    return what if what in IMPORTS else None


def _unpacked(packed: str) -> list[list[str]] | None:
    try:
        unpacking = zlib.decompressobj()
        text = unpacking.decompress(base64.b64decode(packed, validate=True), LARGEST_TABLE)
        table = json.loads(text)
    except (binascii.Error, zlib.error, ValueError, RecursionError):
        return None
    if not isinstance(table, list) or len(table) > sheets.MOST_ROWS + 1:
        return None
    is_table = all(isinstance(row, list) and all(isinstance(cell, str) for cell in row) for row in table)
    return table if is_table else None


@dataclass(frozen=True, slots=True)
class ImportPage:
    """A file that is looked at before it is imported: what was read, what is wrong, what would come of it."""

    what: str | None
    checked: CheckedTable | None
    packed: str
    errors: Mapping[str, str]
    shown: tuple[list[str], list[list[str]]] | None
    outlook: Outlook | None
    names: Mapping[str, str]
    columns: Mapping[str, list[str]]
    faults: Mapping[str, str]


def _page(
    what: str | None = None,
    *,
    checked: CheckedTable | None = None,
    packed: str = "",
    errors: dict[str, str] | None = None,
) -> str:
    langs = centre().languages
    return render_template(
        "admin/import.html",
        page=ImportPage(
            what=what,
            checked=checked,
            packed=packed,
            errors=errors or {},
            shown=_as_read(what, checked.rows[:SHOWN]) if what and checked and not checked.mistakes else None,
            outlook=IMPORTS[what].outlook(checked.rows) if what and checked and not checked.mistakes else None,
            names={"activities": _("Activities"), "slots": _("Times"), "schools": _("Schools")},
            columns={name: kind.columns(langs) for name, kind in IMPORTS.items()},
            faults=_faults(),
        ),
    )


def _as_read(what: str, rows: Sequence[Row]) -> tuple[list[str], list[list[str]]]:
    """The first rows as they will be, whatever the file says them by: the columns that are read, and their words."""
    heads = list(rows[0]) if rows else []
    called = _called(what)
    return heads, [[_words(head, row[head], called.get(head, {})) for head in heads] for row in rows]


def _called(what: str) -> dict[str, dict[Any, str]]:
    """What stands for the marks and numbers that a row keeps, by column."""
    if what == "schools":
        return {"kind": dict(school_kinds())}
    return {
        "kind": dict(activity_kinds()),
        "activity": {activity.id: wording().words(activity.title) for activity in titled_activities()},
        "space": {space.id: wording().words(space.name) for space in spaces()},
    }


def _words(head: str, value: object, called: Mapping[Any, str]) -> str:
    if value is None or value == "":
        return "–"
    if isinstance(value, bool):
        return str(_("Yes") if value else _("No"))
    return wording().full_date(date.fromisoformat(str(value))) if head == "date" else called.get(value, str(value))


def _faults() -> dict[str, str]:
    return {
        CellFault.MISSING: _("It is empty."),
        CellFault.NUMBER: _("Not a whole number, or too small or too large."),
        CellFault.DATE: _("Not a date; enter 2027-03-28 or 28.3.2027."),
        CellFault.TIME: _("Not a time; enter 10:30."),
        CellFault.PAST: _("The day is over, or too far away."),
        CellFault.UNKNOWN_KIND: _(
            "No such kind. There are: admission, programme, course, show, workshop, event, lunch."
        ),
        CellFault.UNKNOWN_SPACE: _("There is no space of that name."),
        CellFault.UNKNOWN_ACTIVITY: _("There is no activity of that name."),
        CellFault.UNKNOWN_SCHOOL_KIND: _("No such kind. There are: school, kindergarten."),
        CellFault.ORG_NUMBER: _("Not an organisation number."),
        CellFault.MISPRINT: _("A digit in it must be wrong: check it once more."),
        CellFault.EMAIL: _("Not an email address."),
        CellFault.PATTERN: _("No pattern that we can read; write one such as 99999 or aaa-99."),
        CellFault.YES_OR_NO: _("Enter yes or no."),
        CellFault.TOO_LONG: _("It is too long."),
        CellFault.TWICE: _("The same stands in a row above."),
        CellFault.NO_COLUMN: _("The column is missing."),
    }
