"""Drafts: which receivables become which document, one by one or together. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from booking.invoicing.models import Collective, DeliverTo
from booking.invoicing.payers import PayerTerms
from booking.invoicing.receivables import Receivable, ReceivablePayer, WhyWaiting

WARNED_DAYS = 5  # before the last day that an invoice may go out


@dataclass(frozen=True, slots=True)
class Draft:
    """What becomes one document: receivables of one payer, the oldest first; one alone unless `together`."""

    receivables: tuple[Receivable, ...]
    together: bool

    @property
    def keys(self) -> list[str]:
        """What it claims."""
        return [receivable.key for receivable in self.receivables]

    @property
    def payer(self) -> ReceivablePayer:
        """Who pays."""
        return self.receivables[0].payer

    @property
    def terms(self) -> PayerTerms:
        """How the payer is billed."""
        return self.payer.terms

    @property
    def gross(self) -> int:
        """All of it, VAT included, in minor units."""
        return sum(receivable.gross for receivable in self.receivables)

    @property
    def first(self) -> date:
        """The first day of what it is for; the law counts from there."""
        return self.receivables[0].on

    @property
    def last(self) -> date:
        """The last day of what it is for."""
        return self.receivables[-1].on

    @property
    def is_to_come(self) -> bool:
        """Whether it goes out before the visit."""
        return self.receivables[0].to_come

    @property
    def reference(self) -> str:
        """The buyer's code for all of it: what the payer's page says where it is not split, else what all have."""
        own = _common(receivable.reference for receivable in self.receivables)
        if self.terms.covers_references and (self.together or not own):  # what goes out alone has its own, if any
            return self.terms.common_reference
        return own

    @property
    def order_number(self) -> str:
        """The order that all of it is for."""
        return _common(receivable.order_number for receivable in self.receivables)

    @property
    def email(self) -> str:
        """Where those who booked read mail; "" where they are several."""
        return _common(receivable.email for receivable in self.receivables)

    @property
    def delivered_to(self) -> str:
        """Whom it was delivered to, by the payer's rule; nobody by name where several came."""
        if self.terms.deliver_to is DeliverTo.PAYER:
            return self.payer.name
        if self.terms.deliver_to is DeliverTo.NAMED and self.terms.deliver_name:
            return self.terms.deliver_name
        return _common(receivable.school for receivable in self.receivables)

    def waits_for(self, *, set_up: bool, exempt: bool) -> WhyWaiting | None:
        """Why it waits, if it does: what one of its receivables waits for, or a reference for all of them."""
        for receivable in self.receivables:
            if (why := receivable.waits_for(set_up=set_up, exempt=exempt)) is not None:
                return why
        return None if self.reference or self.order_number else WhyWaiting.NO_COMMON_REFERENCE

    def latest(self, latest_days: int) -> date:
        """The last day that it may go out: the first visit's."""
        return self.receivables[0].latest(latest_days)

    def late(self, today: date, latest_days: int) -> bool:
        """Whether it should have gone out."""
        return self.latest(latest_days) < today

    def near(self, today: date, latest_days: int) -> bool:
        """Whether it must go out within days."""
        return self.latest(latest_days) - timedelta(days=WARNED_DAYS) <= today <= self.latest(latest_days)

    def gathers(self, today: date, latest_days: int) -> bool:
        """Whether more may come on it: its month goes on, and so does the time that the law gives the first visit."""
        month_goes_on = (today.year, today.month) == (self.last.year, self.last.month)
        return self.together and month_goes_on and self.latest(latest_days) - timedelta(days=WARNED_DAYS) > today


def drafts_of(receivables: Iterable[Receivable]) -> list[Draft]:
    """What documents these become, the one with the oldest visit first.

    Together stands what one payer owes of one month, if the payer wants that; by reference too, if it wants that.
    """
    groups: dict[tuple[object, ...], list[Receivable]] = {}
    for receivable in sorted(receivables, key=lambda receivable: (receivable.on, receivable.key)):
        groups.setdefault(_by(receivable), []).append(receivable)
    return [Draft(tuple(group), _is_together(group[0])) for group in groups.values()]


def drafts_that_wait(
    receivables: Iterable[Receivable], *, set_up: bool, exempt: bool
) -> list[tuple[Draft, WhyWaiting | None]]:
    """What documents these become, each with why it waits, if it does; what waits by itself holds up no other."""
    ready: list[Receivable] = []
    drafts: list[tuple[Draft, WhyWaiting | None]] = []
    for receivable in receivables:
        if (why := receivable.waits_for(set_up=set_up, exempt=exempt)) is None:
            ready.append(receivable)
        else:
            drafts.append((Draft((receivable,), _is_together(receivable)), why))
    drafts += [(draft, draft.waits_for(set_up=set_up, exempt=exempt)) for draft in drafts_of(ready)]
    return sorted(drafts, key=lambda waiting: (waiting[0].first, waiting[0].keys))


def _by(receivable: Receivable) -> tuple[object, ...]:
    if not _is_together(receivable):
        return (receivable.key,)
    month = (receivable.payer.key, receivable.on.year, receivable.on.month)
    if receivable.payer.terms.by_reference:
        return *month, receivable.reference.casefold(), receivable.order_number.casefold()
    return month


def _is_together(receivable: Receivable) -> bool:
    """What is to come goes out one by one: a month's invoice is of what was delivered in it."""
    return receivable.payer.terms.collective is Collective.MONTH and not receivable.to_come


def _common(words: Iterable[str]) -> str:
    """What all say alike; "" where they differ."""
    return next(iter(different)) if len(different := dict.fromkeys(words)) == 1 else ""
