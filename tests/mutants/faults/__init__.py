"""All deliberate faults, by where they are."""

from __future__ import annotations

from tests.mutants.fault import Fault
from tests.mutants.faults import (
    annual_passes,
    discounts,
    gift_cards,
    house,
    kept,
    money,
    pictures,
    places,
    public,
    schools,
    wallet,
    web,
)

FAULTS: tuple[Fault, ...] = (
    *places.FAULTS, *money.FAULTS, *schools.FAULTS, *house.FAULTS, *kept.FAULTS, *pictures.FAULTS, *public.FAULTS,
    *web.FAULTS, *gift_cards.FAULTS, *discounts.FAULTS, *wallet.FAULTS,
    *annual_passes.FAULTS,
)  # fmt: skip
