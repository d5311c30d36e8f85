"""What staff have done to one row, from the log, in the words of its form."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import gettext as _

from booking.reports.names import actors
from booking.staff import log
from booking.web.admin.fields import Field, Sort
from booking.web.languages import wording

MOST = 20


@dataclass(frozen=True, slots=True)
class Deed:
    """One line: when, who, what, and the fields that it touched with what stood there before and after."""

    at: datetime
    by: str
    what: str
    changes: Sequence[tuple[str, str, str]]


def deeds(subject: str, fields: Sequence[Field]) -> list[Deed]:
    """The latest entries of the log about a row, such as "school:7"."""
    names = log.names() | actors()
    asked = {one.name: one for one in fields}
    return [
        Deed(
            one.at,
            names.get(one.actor, one.actor),
            _action(one.action.rpartition(".")[2]),
            [] if one.before is None else _changes(one.before, one.after or {}, asked),
        )
        for one in log.read(log.Wanted(subject=subject), MOST).entries
    ]


def _action(verb: str) -> str:
    words: dict[str, str] = {
        "add": _("Added"),
        "change": _("Changed"),
        "import": _("Imported"),
        "code": _("New code"),
        "link": _("New link"),
    }
    return words.get(verb, verb)


def _changes(
    before: Mapping[str, Any], after: Mapping[str, Any], asked: Mapping[str, Field]
) -> list[tuple[str, str, str]]:
    found = []
    for name, value in after.items():
        one = asked.get(name)
        found.append((one.label if one else name, _words(before.get(name), one), _words(value, one)))
    return found


def _words(value: Any, one: Field | None) -> str:  # noqa: ANN401  (whatever the log keeps)
    if isinstance(value, bool):
        return str(_("yes") if value else _("no"))
    if value is None or value == "" or value == []:
        return "–"
    if isinstance(value, Mapping):
        return "; ".join(str(said) for said in value.values())
    if one is not None and one.sort is Sort.MONEY and isinstance(value, int):
        return wording().money(value)
    names = dict(one.choices) if one is not None else {}
    some = value if isinstance(value, list) else [value]
    return ", ".join(names.get(str(said), str(said)) for said in some)
