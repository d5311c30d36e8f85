"""What staff have done to one row, from the log, in the words of its form."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import gettext as _

from booking.reports.names import actors
from booking.staff import log
from booking.web.admin.fields import Field

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
    labels = {one.name: one.label for one in fields}
    return [
        Deed(
            one.at,
            names.get(one.actor, one.actor),
            _action(one.action.rpartition(".")[2]),
            [] if one.before is None else _changes(one.before, one.after or {}, labels),
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
    before: Mapping[str, Any], after: Mapping[str, Any], labels: Mapping[str, str]
) -> list[tuple[str, str, str]]:
    return [(labels.get(name, name), _plain(before.get(name)), _plain(value)) for name, value in after.items()]


def _plain(value: Any) -> str:  # noqa: ANN401  (whatever the log keeps)
    if isinstance(value, bool):
        return str(_("yes") if value else _("no"))
    if value is None or value == "" or value == []:
        return "–"
    if isinstance(value, Mapping):
        return "; ".join(str(one) for one in value.values())
    return ", ".join(str(one) for one in value) if isinstance(value, list) else str(value)
