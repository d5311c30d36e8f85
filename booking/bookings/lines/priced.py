"""Lines of an order: what was picked, and what it became once it was priced and bought."""

from __future__ import annotations

from dataclasses import dataclass, fields

from booking.discounts.taken import TakenOff, off_each
from booking.kernel.database import Texts


@dataclass(frozen=True, slots=True)
class Pick:
    """So many of one ticket type in one slot, as chosen: ids and a quantity, never a price."""

    slot_id: int
    ticket_type_id: int
    quantity: int


@dataclass(frozen=True, slots=True)
class PricedLine:
    """A pick with its words and its price in minor units, once `discounts` are taken off.

    `of_pass`: it is one day of a pass for all days of a festival, and has that day's share of its price.
    """

    slot_id: int
    ticket_type_id: int
    activity_title: Texts
    ticket_title: Texts
    quantity: int
    admits: int
    unit_price: int
    vat_rate: int
    discounts: TakenOff = ()
    of_pass: bool = False

    @property
    def full_price(self) -> int:
        """What one costs without any discount."""
        return self.unit_price + off_each(self.discounts)


@dataclass(frozen=True, slots=True)
class LineFacts(PricedLine):
    """One line as it was bought; amounts in minor units."""

    id: int = 0

    def kept(self, quantity: int, **otherwise: object) -> PricedLine:
        """So many of it as they were bought, but for what is another now, such as the time."""
        bought = {column.name: getattr(self, column.name) for column in fields(PricedLine)}
        return PricedLine(**(bought | {"quantity": quantity} | otherwise))
