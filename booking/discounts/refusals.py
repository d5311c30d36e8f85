"""How discounts say no."""

from __future__ import annotations

from datetime import date

from booking.kernel.database import Texts
from booking.kernel.refusals import Refusal


class NoSuchDiscount(Refusal):
    """No campaign has this code."""


class DiscountNotYet(Refusal):
    """The sale with it begins on a day to come."""

    def __init__(self, on: date) -> None:
        super().__init__("not yet")
        self.on = on


class DiscountOver(Refusal):
    """It has been stopped, or its last day is past."""


class DiscountUsedUp(Refusal):
    """It has been used as often as it may be; `name` is the campaign's, empty for a single code that is used."""

    def __init__(self, name: Texts | None = None) -> None:
        super().__init__("used up")
        self.name = name or {}


class DiscountNotForThis(Refusal):
    """It takes nothing off what is in the basket: other tickets, other activities, or other times."""


class DiscountNotForYou(Refusal):
    """Who pays has ordered with it as often as one may."""

    def __init__(self, campaign_id: int, most: int) -> None:
        super().__init__(f"{most} orders each")
        self.campaign_id = campaign_id
        self.most = most


class DiscountNoBetter(Refusal):
    """It may not be combined with what is taken off already, which is as much or more: it is not used up."""


class CodeInUse(Refusal):
    """Another campaign has a code that one cannot tell from this."""


class OddCode(Refusal):
    """Not what a code looks like."""
