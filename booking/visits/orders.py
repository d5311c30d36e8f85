"""What a teacher orders, wherever the visit is held, and that it costs something else than they have seen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from booking.agreements.payers import SchoolFacts
from booking.bookings.details import Contact
from booking.kernel.refusals import Refusal


class BillChanged(Refusal):
    """What the payers owe is no longer what the teacher has seen; `seen` is empty where nothing had been shown."""

    def __init__(self, seen: Mapping[int | None, int]) -> None:
        super().__init__("the bill is another")
        self.seen = seen


@dataclass(frozen=True, slots=True, kw_only=True)
class SchoolOrder:
    """What a teacher fills in wherever the visit is held.

    `seen` is what each payer owed when they pressed the button, in minor units.
    """

    school: SchoolFacts
    contact: Contact
    lang: str
    code: str = ""
    on_the_day: str = ""
    mobile: str = ""
    order_number: str = ""
    invoice_reference: str = ""
    seen: Mapping[int | None, int] | None = None
    holder: str = ""  # an opaque mark of the visitor; "" where nobody is limited
    proven: bool = False  # whether the browser has shown that it reads the address's mail
