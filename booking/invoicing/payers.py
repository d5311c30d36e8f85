"""What the centre knows of those who pay, beside what agreements and schools say: whom, where and how to bill them.

Legal entity, deliver-to and reference are three things, and none is derived from another.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import select

from booking.invoicing.models import Collective, DeliverTo, InvoicePayer
from booking.kernel.database import run


@dataclass(frozen=True, slots=True)
class PayerTerms:
    """How a payer is billed; what is empty is as the agreement, school or enrolment says it.

    `org_number` is the legal entity's. `common_reference` stands on collective invoices that are not split
    `by_reference`.
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
