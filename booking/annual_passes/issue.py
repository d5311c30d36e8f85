"""Selling a pass: what is ordered, and the pass that follows once it is paid for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, insert, select

from booking.annual_passes.kinds import PassKindFacts
from booking.annual_passes.models import AnnualPass, PassBegins, PassFor, PassOrder
from booking.annual_passes.refusals import OddHolders, PassNotSold
from booking.annual_passes.standing import days_of
from booking.centre.facts import CentreFacts
from booking.kernel.database import Texts, as_values, run
from booking.kernel.money import Money, VatShare, vat_shares
from booking.kernel.writing import NewRow, write
from booking.outbox.promises import promise

MOST_NAME = 80


@dataclass(frozen=True, slots=True)
class WantedPass:
    """A pass as somebody orders it: who is named on it, and how many children come with them."""

    names: tuple[str, ...]
    children: int = 0


@dataclass(frozen=True, slots=True)
class OrderedPass:
    """An order as its pages show it; minor units."""

    title: Texts
    whom: PassFor
    price: int
    vat_rate: int
    months: int
    begins: PassBegins
    names: Sequence[str]
    children: int
    child_age: int
    lang: str

    @property
    def admits(self) -> int:
        """How many may come in with it at once."""
        return 2 if self.whom is PassFor.CHILD_AND_ONE else max(len(self.names), 1) + self.children

    def vat(self, currency: str) -> list[VatShare]:
        """The VAT in its price."""
        return vat_shares([(self.vat_rate, Money(self.price, currency))])


_COLUMNS = [getattr(PassOrder, name) for name in OrderedPass.__dataclass_fields__]
_ORDER = select(*_COLUMNS).where(PassOrder.booking_id == bindparam("booking"))
_NEW = insert(AnnualPass).returning(AnnualPass.id)


def check(kind: PassKindFacts, wanted: WantedPass) -> None:
    """Raises PassNotSold, OddHolders."""
    if not kind.active:
        raise PassNotSold
    if not 1 <= len(wanted.names) <= kind.most_names or not all(wanted.names):
        raise OddHolders
    if not 0 <= wanted.children <= kind.most_children:
        raise OddHolders


def order(booking_id: int | NewRow, kind: PassKindFacts, wanted: WantedPass, lang: str, now: datetime) -> None:
    """Write what is ordered; call inside the unit of work that makes its booking."""
    values = {
        "booking_id": booking_id, "kind_id": kind.id, "title": kind.title, "whom": kind.whom, "price": kind.price,
        "vat_rate": kind.vat_rate, "months": kind.months, "begins": kind.begins, "names": list(wanted.names),
        "children": wanted.children, "child_age": kind.child_age, "lang": lang, "ordered_at": now,
    }  # fmt: skip
    write(PassOrder, [values])


def ordered(booking_id: int) -> OrderedPass | None:
    """What is ordered with a booking, in one statement."""
    return next(iter(as_values(OrderedPass, run(_ORDER, {"booking": booking_id}))), None)


def taxed_as(booking_ids: Sequence[int]) -> Mapping[int, tuple[int, int]]:
    """The VAT rate and the price of what these bookings sell, where that is a pass; one statement, or none."""
    if not booking_ids:
        return {}
    query = select(PassOrder.booking_id, PassOrder.vat_rate, PassOrder.price)
    return {
        booking_id: (rate, price)
        for booking_id, rate, price in run(query.where(PassOrder.booking_id.in_(booking_ids)))
    }


def issue(booking_id: int, _currency: str, centre: CentreFacts, now: datetime) -> None:
    """The pass that was paid for; call inside the unit of work that confirms its booking. Its letter is promised."""
    wanted = ordered(booking_id)
    if wanted is None:
        raise LookupError(booking_id)
    days = days_of(wanted.begins, wanted.months, centre.local(now).date())
    values = {"booking_id": booking_id, "issued_at": now, "first_day": days.first, "last_day": days.last}
    promise_letter(int(run(_NEW, values).scalar_one()), 1)


def promise_letter(pass_id: int, turn: int) -> None:
    """The pass itself, with a code; the same time of asking is one letter."""
    promise("mail.annual_pass", f"annual_pass:{pass_id}:{turn}", {"pass_id": pass_id, "asked": turn})
