"""What a demo centre is made of: plain values, no database."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import time

from booking.catalogue.models import Kind
from booking.kernel.database import Texts


def in_four(nb: str, nn: str, en: str, lv: str = "") -> Texts:
    """A text in the languages of the house; Latvian may be missing at a centre that does not speak it."""
    return {"nb": nb, "nn": nn, "en": en, **({"lv": lv} if lv else {})}


@dataclass(frozen=True, slots=True)
class DemoSpace:
    """A space."""

    slug: str
    name: Texts
    capacity: int
    is_house: bool = False


@dataclass(frozen=True, slots=True)
class DemoActivity:
    """An activity and the habits its slots are made from: (weekday bits, times, every so many minutes)."""

    slug: str
    kind: Kind
    title: Texts
    minutes: int
    capacity: int
    space: str | None
    summary: Texts
    habits: tuple[tuple[int, tuple[str, ...], int | None], ...] = ()
    stay_minutes: int = 0
    turnaround_minutes: int = 15
    needs_admission: bool = False
    least_age: int | None = None


@dataclass(frozen=True, slots=True)
class DemoTicket:
    """A ticket type, what sells it, and its prices: (minor units, from wall-clock time)."""

    slug: str
    title: Texts
    note: Texts
    kinds: tuple[Kind, ...]
    prices: tuple[tuple[int, time | None], ...]
    places: int = 1
    brings_adult: bool = False
    needs_adult: bool = False
    accompanies: bool = False
    advises_adult: bool = False
    goes_with: str = ""
    proof: Texts | None = None
    number_name: Texts | None = None
    number_shape: str = ""
    activities: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DemoHours:
    """Opening hours: weekday bits, opens, closes, when the public may come."""

    weekdays: int
    opens: time
    closes: time
    public_from: time


@dataclass(frozen=True, slots=True)
class DemoCentre:
    """A whole centre. `facts` and `invoices` are the columns of its row and of its rules for invoices."""

    facts: dict[str, object]
    invoices: dict[str, object]
    vat_rate: int
    spaces: tuple[DemoSpace, ...]
    hours: tuple[DemoHours, ...]
    activities: tuple[DemoActivity, ...]
    tickets: tuple[DemoTicket, ...]
    school_places: int
