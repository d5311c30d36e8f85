"""What the centre knows of those who pay, beside what agreements and schools say: whom, where and how to bill them.

Legal entity, deliver-to and reference are three things, and none is derived from another.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import select

from booking.agreements.models import Agreement, School
from booking.invoicing.models import Collective, DeliverTo, InvoicePayer, InvoiceTiming
from booking.kernel.database import insert_once, run


@dataclass(frozen=True, slots=True)
class PayerTerms:
    """How a payer is billed; what is empty is as the agreement, school or enrolment says it.

    `org_number` is the legal entity's. `common_reference` stands on collective invoices that are not split
    `by_reference`. `timing` None: as the centre's rules say.
    """

    name: str = ""
    org_number: str = ""
    street: str = ""
    postcode: str = ""
    town: str = ""
    email: str = ""
    deliver_to: DeliverTo = DeliverTo.VISITOR
    deliver_name: str = ""
    collective: Collective = Collective.NONE
    by_reference: bool = True
    common_reference: str = ""
    timing: InvoiceTiming | None = None

    def is_on_booking(self, usual: InvoiceTiming) -> bool:
        """Whether it is invoiced before the visit where that may be; `usual` is what the centre's rules say.

        Who gets one invoice a month is waited for, unless somebody has said otherwise of that payer.
        """
        if self.timing is not None:
            return self.timing is InvoiceTiming.ON_BOOKING
        return usual is InvoiceTiming.ON_BOOKING and self.collective is Collective.NONE

    @property
    def covers_references(self) -> bool:
        """Whether its visits need no reference of their own."""
        return self.collective is Collective.MONTH and not self.by_reference and bool(self.common_reference)


AS_THEY_COME = PayerTerms()


def terms_of(keys: Collection[str]) -> dict[str, PayerTerms]:
    """How these payers are billed, by their keys; nothing of those that nobody has said anything of."""
    columns = [getattr(InvoicePayer, name) for name in PayerTerms.__dataclass_fields__]
    query = select(InvoicePayer.key, *columns).where(InvoicePayer.key.in_(sorted(keys)))
    return {key: PayerTerms(*values) for key, *values in run(query)}


class PayerGap(StrEnum):
    """What is missing of a payer."""

    NAME = "name"
    NUMBER = "number"
    ADDRESS = "address"
    EMAIL = "email"


@dataclass(frozen=True, slots=True)
class KnownPayer:
    """A payer as it is billed; `payer_id` None for one that nobody has said anything of, and that has no invoice."""

    key: str
    payer_id: int | None
    name: str
    org_number: str
    pattern: str
    terms: PayerTerms

    @property
    def gaps(self) -> list[PayerGap]:
        """What is missing."""
        terms = self.terms
        there = {
            PayerGap.NAME: self.name,
            PayerGap.NUMBER: self.org_number,
            PayerGap.ADDRESS: terms.street and terms.postcode and terms.town,
            PayerGap.EMAIL: terms.email,
        }
        return [gap for gap, value in there.items() if not value]


def known_payers(owing: Iterable[tuple[str, str, str, str]] = ()) -> list[KnownPayer]:
    """Agreements, those who have had an invoice, and those `owing` (key, name, number, pattern) now, by their keys.

    Who books for one employer, and has no organisation number, is no payer that one says anything of.
    """
    columns = [getattr(InvoicePayer, name) for name in PayerTerms.__dataclass_fields__]
    rows = {
        key: (payer_id, PayerTerms(*values))
        for payer_id, key, *values in run(select(InvoicePayer.id, InvoicePayer.key, *columns))
        if not key.startswith("booking:")
    }
    sources = {key: (name, number, pattern) for key, name, number, pattern in (*_of_schools(rows), *_of_agreements())}
    sources |= {
        key: (name, number, pattern)
        for key, name, number, pattern in owing
        if key not in sources and not key.startswith("booking:")
    }
    payers = []
    for key in {*rows, *sources}:
        payer_id, terms = rows.get(key, (None, AS_THEY_COME))
        name, number, pattern = sources.get(key, ("", key.partition("number:")[2], ""))
        payers.append(KnownPayer(key, payer_id, terms.name or name, terms.org_number or number, pattern, terms))
    return payers


def keep_payer(key: str) -> None:
    """Let a payer have a row that things can be said of; inside a unit of work."""
    insert_once(InvoicePayer, "key", {"key": key})


def _of_agreements() -> Iterator[tuple[str, str, str, str]]:
    columns = (Agreement.id, Agreement.payer, Agreement.org_number, Agreement.reference_pattern)
    for agreement_id, name, number, pattern in run(select(*columns).order_by(Agreement.id)):
        yield f"number:{number}" if number else f"agreement:{agreement_id}", name, number, pattern


def _of_schools(keys: Collection[str]) -> Iterator[tuple[str, str, str, str]]:
    numbers = sorted(key.partition(":")[2] for key in keys if key.startswith("number:"))
    ids = sorted(int(key.partition(":")[2]) for key in keys if key.startswith("school:"))
    columns = (School.id, School.name, School.org_number, School.reference_pattern)
    query = select(*columns).where(School.org_number.in_(numbers) | School.id.in_(ids))
    for school_id, name, number, pattern in run(query):
        yield f"number:{number}" if number in numbers else f"school:{school_id}", name, number, pattern
