"""Selling a pass: what is ordered, and the pass that follows once it is paid for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import bindparam, insert, select

from booking.annual_passes.kinds import PassKindFacts
from booking.annual_passes.models import AnnualPass, PassBegins, PassFor, PassOrder
from booking.annual_passes.refusals import OddHolders, PassNotSold
from booking.annual_passes.standing import PassDays, days_of
from booking.centre.facts import CentreFacts
from booking.kernel.codes import new_secret
from booking.kernel.database import Texts, as_values, run
from booking.kernel.money import Money, VatShare, vat_shares
from booking.kernel.writing import NewRow, write
from booking.outbox.promises import promise


@dataclass(frozen=True, slots=True)
class WantedPass:
    """A pass as somebody orders it: who is named on it, how many children come with them, and who is given it."""

    names: tuple[str, ...]
    children: int = 0
    recipient_email: str = ""
    giver: str = ""
    greeting: str = ""


@dataclass(frozen=True, slots=True)
class OrderedPass:
    """An order as its pages show it; minor units."""

    title: Texts
    whom: PassFor
    price: int
    credit: int
    vat_rate: int
    months: int
    begins: PassBegins
    names: Sequence[str]
    children: int
    child_age: int
    most_open: int
    no_shows: int
    no_show_days: int
    recipient_email: str
    giver: str
    greeting: str
    renews_id: int | None
    lang: str

    @property
    def admits(self) -> int:
        """How many may come in with it at once."""
        return 2 if self.whom is PassFor.CHILD_AND_ONE else max(len(self.names), 1) + self.children

    @property
    def to_pay(self) -> int:
        """What it costs who has paid for that day already."""
        return self.price - self.credit

    @property
    def is_given(self) -> bool:
        """Whether it goes to somebody else than who pays."""
        return bool(self.recipient_email or self.giver or self.greeting)

    def vat(self, currency: str) -> list[VatShare]:
        """The VAT in what it costs."""
        return vat_shares([(self.vat_rate, Money(self.to_pay, currency))])


_COLUMNS = [getattr(PassOrder, name) for name in OrderedPass.__dataclass_fields__]
_ORDER = select(*_COLUMNS).where(PassOrder.booking_id == bindparam("booking"))
_NEW = insert(AnnualPass).returning(AnnualPass.id)
_LAST_DAY = select(AnnualPass.last_day).where(AnnualPass.id == bindparam("sought"))


def check(kind: PassKindFacts, wanted: WantedPass) -> None:
    """Raises PassNotSold, OddHolders."""
    if not kind.active:
        raise PassNotSold
    if not 1 <= len(wanted.names) <= kind.most_names or not all(wanted.names):
        raise OddHolders
    if not 0 <= wanted.children <= kind.most_children:
        raise OddHolders


def order(
    booking_id: int | NewRow,
    kind: PassKindFacts,
    wanted: WantedPass,
    lang: str,
    now: datetime,
    renews_id: int | None = None,
) -> None:
    """Write what is ordered; call inside the unit of work that makes its booking."""
    values = {
        "booking_id": booking_id, "kind_id": kind.id, "title": kind.title, "whom": kind.whom, "price": kind.price,
        "vat_rate": kind.vat_rate, "months": kind.months, "begins": kind.begins, "names": list(wanted.names),
        "children": wanted.children, "child_age": kind.child_age, "most_open": kind.most_open,
        "no_shows": kind.no_shows, "no_show_days": kind.no_show_days, "recipient_email": wanted.recipient_email,
        "giver": wanted.giver, "greeting": wanted.greeting, "renews_id": renews_id, "lang": lang, "ordered_at": now,
    }  # fmt: skip
    write(PassOrder, [values])


def ordered(booking_id: int) -> OrderedPass | None:
    """What is ordered with a booking, in one statement."""
    return next(iter(as_values(OrderedPass, run(_ORDER, {"booking": booking_id}))), None)


def taxed_as(booking_ids: Sequence[int]) -> Mapping[int, tuple[int, int]]:
    """The VAT rate and the price of what these bookings sell, where that is a pass; one statement, or none."""
    if not booking_ids:
        return {}
    query = select(PassOrder.booking_id, PassOrder.vat_rate, PassOrder.price - PassOrder.credit)
    return {
        booking_id: (rate, price) for booking_id, rate, price in run(query.where(PassOrder.booking_id.in_(booking_ids)))
    }


def issue(booking_id: int, _currency: str, centre: CentreFacts, now: datetime) -> None:
    """The pass that was paid for; call inside the unit of work that confirms its booking. Its letter is promised."""
    wanted = ordered(booking_id)
    if wanted is None:
        raise LookupError(booking_id)
    days = _days_of(wanted, centre.local(now).date())
    values = {
        "booking_id": booking_id, "code": new_secret(), "secret": new_secret(), "issued_at": now,
        "first_day": days.first, "begins_by": days.begins_by, "last_day": days.last, "admits": wanted.admits,
        "most_open": wanted.most_open,
    }  # fmt: skip
    promise_letters(booking_id, int(run(_NEW, values).scalar_one()), wanted)


def _days_of(wanted: OrderedPass, today: date) -> PassDays:
    after = None if wanted.renews_id is None else run(_LAST_DAY, {"sought": wanted.renews_id}).scalar()
    return days_of(wanted.begins, wanted.months, today, after)


def promise_letters(booking_id: int, pass_id: int, wanted: OrderedPass) -> None:
    """The letters of a pass that is paid for: itself, and to who gives it that it is on its way."""
    if wanted.recipient_email:
        promise("mail.annual_pass_bought", f"annual_pass_bought:{booking_id}", {"booking_id": booking_id})
    promise_letter(pass_id, 1)


def promise_letter(pass_id: int, turn: int) -> None:
    """The pass itself; the same time of asking is one letter."""
    promise("mail.annual_pass", f"annual_pass:{pass_id}:{turn}", {"pass_id": pass_id, "asked": turn})
