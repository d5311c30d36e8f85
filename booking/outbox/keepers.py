"""Who keeps which kind of promise: each capability names its own kinds in a `keepers.py`.

They are gathered in `booking/running/keepers.py`, above them all.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from typing import Any, TypeVar

from booking.outbox import long_work
from booking.outbox.long_work import Step
from booking.outbox.promises import Leased
from booking.settings import Settings

P = TypeVar("P")

# Does what was promised, not inside a unit of work. It may be done more than once, and what it raises is written on
# the promise's row.
Keep = Callable[[Leased, Settings], None]


@dataclass(frozen=True, slots=True)
class PromiseKeeper:
    """One kind of promise and what keeps it."""

    kind: str
    keep: Keep


def read(payload: type[P], about: Mapping[str, Any]) -> P:
    """What a promise is about, as a value: the dataclass's fields by their names."""
    return payload(**{field.name: about[field.name] for field in fields(payload)})  # type: ignore[arg-type]


@dataclass(frozen=True, slots=True)
class PromisedWork:
    """Long work to go on with."""

    work_id: int


def work(steps: Mapping[str, Step]) -> PromiseKeeper:
    """Long work goes on, by these steps."""

    def go_on(leased: Leased, _settings: Settings) -> None:
        long_work.go_on(read(PromisedWork, leased.about).work_id, steps)

    return PromiseKeeper("work", go_on)
