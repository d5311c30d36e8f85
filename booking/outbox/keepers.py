"""Who keeps which kind of promise: each capability names its own kinds in a `keepers.py`.

They are gathered in `booking/running/keepers.py`, above them all.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import MISSING, dataclass, fields
from functools import cache
from typing import Any, TypeVar, get_type_hints

from booking.outbox import long_work
from booking.outbox.long_work import Step
from booking.outbox.models import Rank
from booking.outbox.promises import Leased
from booking.settings import Settings

P = TypeVar("P")

# Does what was promised, not inside a unit of work. It may be done more than once, and what it raises is written on
# the promise's row.
Keep = Callable[[Leased, Settings], None]


@dataclass(frozen=True, slots=True)
class PromiseKeeper:
    """One kind of promise, what keeps it, and which others go before it."""

    kind: str
    keep: Keep
    rank: Rank


class UnreadablePromise(Exception):
    """What a promise is about lacks something that its keeper needs, or has it as something else."""


def read(payload: type[P], about: Mapping[str, Any]) -> P:
    """What a promise is about, as a value: the dataclass's fields by their names.

    What else stands there does not matter; what has a default may be missing. Raises UnreadablePromise.
    """
    kinds, facts = _kinds(payload), dict[str, Any]()  # type: ignore[arg-type]
    for field in fields(payload):  # type: ignore[arg-type]
        if field.name in about:
            facts[field.name] = about[field.name]
        elif field.default is MISSING:
            raise UnreadablePromise(f"{payload.__name__}: {field.name} is missing")
        else:
            continue
        if not isinstance(facts[field.name], kinds[field.name]):
            is_now = type(facts[field.name]).__name__  # not the value, which may be somebody's address
            raise UnreadablePromise(f"{payload.__name__}: {field.name} is {is_now}, not {field.type}")
    return payload(**facts)


@cache
def _kinds(payload: type[Any]) -> dict[str, Any]:
    return get_type_hints(payload)


@dataclass(frozen=True, slots=True)
class PromisedWork:
    """Long work to go on with."""

    work_id: int


def work(steps: Mapping[str, Step]) -> PromiseKeeper:
    """Long work goes on, by these steps."""

    def go_on(leased: Leased, _settings: Settings) -> None:
        long_work.go_on(read(PromisedWork, leased.about).work_id, steps)

    return PromiseKeeper("work", go_on, Rank.TODAY)  # staff look on at a page
