"""What a demo centre is made of: plain values, no database."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import time
from random import Random

from booking.bookings.details import Contact
from booking.catalogue.models import Kind
from booking.demo.bank_file import DemoPayment
from booking.demo.events.entrants import DemoContest
from booking.demo.school.values import DemoSchools
from booking.kernel.database import Texts


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
    invoiced_ahead: bool = False
    gives_entry: bool = False
    part_of: str = ""
    outside_hours: bool = False
    festival_times: tuple[str, ...] = ()  # on each day of the festival


@dataclass(frozen=True, slots=True)
class DemoTicket:
    """A ticket type, what sells it, and its prices: (minor units, from wall-clock time).

    Sold for all activities of its `kinds`, or for those named in `activities`, which are sold with nothing else.
    Without a VAT rate it has the centre's.
    """

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
    covers: tuple[dict[str, int], ...] = ()
    proof: Texts | None = None
    number_name: Texts | None = None
    number_shape: str = ""
    activities: tuple[str, ...] = ()
    vat_rate: int | None = None
    all_days: bool = False


@dataclass(frozen=True, slots=True)
class DemoHours:
    """Opening hours: weekday bits, opens, closes, when the public may come."""

    weekdays: int
    opens: time
    closes: time
    public_from: time


@dataclass(frozen=True, slots=True)
class DemoPeople:
    """What made-up persons are called; all have one `phone`."""

    first: tuple[str, ...]
    last: tuple[str, ...]
    phone: str

    def somebody(self, chance: Random, mailbox: str) -> Contact:
        """One of them."""
        first, last = chance.choice(self.first), chance.choice(self.last)
        return Contact(f"{first} {last}", f"{mailbox}{chance.randrange(10_000)}@example.org", self.phone)


@dataclass(frozen=True, slots=True)
class DemoPayments:
    """What payers do: by how much one pays too much and another too little, what is credited, and why.

    `stranger` pays what no invoice asks for, `abroad` in a currency of its own. Minor units.
    """

    over: int
    under: int
    credited: int
    credited_since: str
    lost_since: str
    stranger: DemoPayment
    abroad: DemoPayment


@dataclass(frozen=True, slots=True)
class DemoPartner:
    """Who stands behind the centre."""

    name: str
    website: str = ""


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
    schools: DemoSchools
    people: DemoPeople
    payments: DemoPayments
    contest: DemoContest
    partners: tuple[DemoPartner, ...] = ()
