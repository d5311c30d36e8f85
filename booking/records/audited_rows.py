"""Rows that administrators keep by form: written with the log's entry, never over what somebody else has changed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime, time
from enum import Enum
from typing import Any, TypeVar

from sqlalchemy import inspect, select
from sqlalchemy.exc import IntegrityError

from booking.kernel.database import Model, attempt, db
from booking.kernel.refusals import Refusal
from booking.records.audit import note

Values = Mapping[str, Any]
Kept = TypeVar("Kept", bound=Model)


class RowChangedMeanwhile(Refusal):
    """Somebody else has saved the row since it was shown; `now` is what stands in it."""

    def __init__(self, now: Values) -> None:
        super().__init__()
        self.now = now


class InUse(Refusal):
    """Other rows stand on this one."""


class Meets(Refusal):
    """The database holds something that cannot stand beside these values."""


class Gone(Refusal):
    """The row is no longer there."""


def mark_of(values: Values) -> str:
    """A short mark of what a form was filled from; another as soon as one value differs."""
    text = json.dumps({name: _plain(value) for name, value in values.items()}, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:20]


def values_of(row: object, names: Iterable[str]) -> dict[str, Any]:
    """Some columns of a row."""
    return {name: getattr(row, name) for name in names}


def find(table: type[Kept], row_id: int) -> Kept | None:
    """The row of this id; at most one statement, none when it has been read already."""
    return db.session.get(table, row_id) if row_id < 10**18 else None


def known(table: type[Kept], row_id: int) -> Kept:
    """The row of an id that is there for certain; at most one statement, none when it has been read already."""
    return db.session.get_one(table, row_id)


def id_of(row: Model) -> int:
    """The id of a row that the database has given one; no statement."""
    return int(inspect(row).identity[0])  # type: ignore[index]  # it has been given one


def add(table: type[Model], values: Values, *, actor: str, what: str, quiet: Collection[str] = ()) -> int:
    """A new row; call inside a unit of work. Returns its id. `what` names it in the log, as in "space.add".

    Raises Meets.
    """
    row = table(**values)
    try:
        with attempt():
            db.session.add(row)
            db.session.flush()
    except IntegrityError:
        raise Meets from None
    row_id = id_of(row)
    note(actor, f"{what}.add", f"{what}:{row_id}", None, facts(values, quiet))
    return row_id


def change(
    table: type[Model],
    row_id: int,
    values: Values,
    *,
    seen: str,
    actor: str,
    what: str,
    quiet: Collection[str] = (),
) -> Values:
    """Write these columns if they still are what `seen` marks; call inside a unit of work. Returns what it changed.

    Raises RowChangedMeanwhile, Gone, Meets. `quiet` columns stand in the log without their content.
    """
    row = _locked(table, row_id)
    before = values_of(row, values)
    if mark_of(before) != seen:
        raise RowChangedMeanwhile(before)
    changed = {name: value for name, value in values.items() if _plain(value) != _plain(before[name])}
    if changed:
        try:
            with attempt():
                for name, value in changed.items():
                    setattr(row, name, value)
                db.session.flush()
        except IntegrityError:
            raise Meets from None
        was = {name: before[name] for name in changed}
        note(actor, f"{what}.change", f"{what}:{row_id}", facts(was, quiet), facts(changed, quiet))
    return changed


def remove(table: type[Model], row_id: int, *, actor: str, what: str, names: Iterable[str]) -> None:
    """Take a row away; call inside a unit of work. Raises Gone, and InUse when other rows stand on it."""
    row = _locked(table, row_id)
    before = values_of(row, names)
    try:
        with attempt():
            db.session.delete(row)
            db.session.flush()
    except IntegrityError:
        raise InUse from None
    note(actor, f"{what}.remove", f"{what}:{row_id}", facts(before), None)


def facts(values: Values, quiet: Collection[str] = ()) -> dict[str, Any]:
    """Values as the log keeps them."""
    return {name: "…" if name in quiet else _plain(value) for name, value in values.items()}


def _locked(table: type[Model], row_id: int) -> Model:
    key = inspect(table).primary_key[0]
    row: Model | None = (
        db.session.scalar(select(table).where(key == row_id).with_for_update()) if row_id < 10**18 else None
    )
    if row is None:
        raise Gone
    return row


def _plain(value: Any) -> Any:  # noqa: ANN401  (whatever a column holds)
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, date | datetime | time):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(key): _plain(part) for key, part in value.items() if part != ""}
    if isinstance(value, list | tuple):
        return [_plain(part) for part in value]
    return value
