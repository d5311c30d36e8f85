"""The page with the form of one row, as its template reads it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from booking.kernel.database import Model
from booking.records import audited_rows
from booking.staff.models import Role
from booking.web.forms.fields import Field, FieldKind, Inputs
from booking.web.forms.filled import Filled, labels
from booking.web.guards.access import who


@dataclass(frozen=True, slots=True)
class Trial:
    """What came of trying a form without saving it: whether it would do, and the sentence."""

    good: bool
    words: str


@dataclass(frozen=True, slots=True)
class EntryPage:
    """One row with its form; `row` is None for a new one.

    `seen` is the mark of what the form was filled from, `now_there` what somebody else has saved meanwhile (label,
    words), `facts` what a reader sees who may not change it (`may_change`), `remove` the endpoint that takes it away
    ("" for none), and `about` what the page tells beside the form.
    """

    title: str
    row: Model | None
    home: str
    fields: Sequence[Field]
    filled: Filled
    langs: Sequence[str]
    seen: str = ""
    now_there: Sequence[tuple[str, str]] = ()
    facts: Sequence[tuple[str, str]] = ()
    may_change: bool = True
    trial: Trial | None = None
    can_be_tried: bool = False
    remove: str = ""
    about: object = None
    beside: Mapping[str, str] = field(default_factory=dict)  # labels of what has a form of its own

    @property
    def labels(self) -> Mapping[str, str]:
        """What each input is called."""
        return labels(self.fields, self.langs) | dict(self.beside)

    @property
    def carries_file(self) -> bool:
        """Whether its form has a file to choose."""
        return any(field.sort is FieldKind.FILE for field in self.fields)

    @property
    def typed(self) -> Inputs:
        """What stands in the inputs."""
        return self.filled.typed

    @property
    def errors(self) -> Mapping[str, str]:
        """What is wrong, by input."""
        return self.filled.errors


def facts_of(
    row: Model | None,
    fields: Sequence[Field],
    changers: Collection[Role] = (Role.ADMIN,),
    meanwhile: Mapping[str, Any] | None = None,
) -> list[tuple[str, str]]:
    """What a reader sees who may not change a row: (label, words); nothing for those who may, the `changers`.

    `meanwhile` is what holds as long as there is no row.
    """
    if who().role in changers:
        return []
    if row is None:
        values = dict(meanwhile or {})
    else:
        values = {field.name: getattr(row, field.name) for field in fields if field.stored}
    words = ((field, field.in_words(values[field.name])) for field in fields if field.name in values)
    return [(field.label, f"{text} {field.unit}".rstrip()) for field, text in words if text]


def differing(now: Mapping[str, Any] | None, mine: Mapping[str, Any], fields: Sequence[Field]) -> list[tuple[str, str]]:
    """What stands in the row otherwise than was typed: (label, words); nothing where nobody else has saved."""
    return [
        (field.label, field.in_words(now[field.name]))
        for field in fields
        if now is not None
        and field.name in now
        and audited_rows.mark_of({"": now[field.name]}) != audited_rows.mark_of({"": mine.get(field.name)})
    ]
