"""What the outside was told: written down by whoever heard it, and never read from the house."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from random import Random
from threading import Lock

LOOKS = 40  # at how many of all that was bought somebody looks who wants one of a kind


class Standing(StrEnum):
    """How a booking must stand at the end."""

    CONFIRMED = "confirmed"
    CANCELLED = "cancelled"
    EITHER = "either"  # nobody told us how it ended; whole it must be all the same


class Ending(StrEnum):
    """How an operation ended."""

    DONE = "succeeded"
    REFUSED = "refused"
    UNKNOWN = "unknown"
    AWAY = "nobody opened"
    SPARED = "nothing to do"


@dataclass(eq=False)
class Bought:
    """A booking by the number or the secret that its address has; `slot` is None where a change of it is unknown."""

    key: str
    email: str
    people: int
    slot: int | None
    standing: Standing
    letters: list[str] = field(default_factory=list)  # the beginnings of subjects that must have come
    admitted: int | None = 0  # None: unknown
    is_visit: bool = False
    busy: bool = False


@dataclass
class Ledger:
    """All of it; whoever writes holds the lock for a moment."""

    lock: Lock = field(default_factory=Lock)
    bought: list[Bought] = field(default_factory=list)
    paid: set[str] = field(default_factory=set)  # the provider's sessions whose page said that it took the money
    invoiced: set[str] = field(default_factory=set)  # what stands on an invoice
    perhaps_invoiced: set[str] = field(default_factory=set)
    endings: dict[str, Counter[Ending]] = field(default_factory=dict)
    reasons: Counter[str] = field(default_factory=Counter)

    def write(self, bought: Bought) -> Bought:
        """One more booking."""
        with self.lock:
            self.bought.append(bought)
        return bought

    def take(self, dice: Random, fits: Callable[[Bought], bool]) -> Bought | None:
        """One that nobody else is at, of a kind; give it back with `leave`."""
        with self.lock:
            if not self.bought:
                return None
            for _look in range(LOOKS):
                bought = dice.choice(self.bought)
                if not bought.busy and fits(bought):
                    bought.busy = True
                    return bought
        return None

    def leave(self, bought: Bought) -> None:
        """Somebody else may act on it."""
        bought.busy = False

    def end(self, kind: str, ending: Ending, reason: str = "") -> None:
        """An operation has ended so."""
        with self.lock:
            self.endings.setdefault(kind, Counter())[ending] += 1
            if reason:
                self.reasons[f"{kind}: {reason}"] += 1

    def total(self, *endings: Ending) -> int:
        """How many operations ended so."""
        return sum(counted[ending] for counted in self.endings.values() for ending in endings)
