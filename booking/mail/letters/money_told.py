"""What a letter says of money: just the sums that were promised in the same moment as the letter itself."""

from __future__ import annotations

from dataclasses import dataclass

from booking.mail.promised import PromisedWithMoney


@dataclass(frozen=True, slots=True)
class MoneyTold:
    """What a letter says of the money, in minor units: what was promised in the same moment as the letter."""

    paid: int = 0
    online: int = 0
    in_till: int = 0
    given_up: int = 0
    by_rule: int = 0
    disputed: int = 0
    on_cards: int = 0  # gift cards: there already

    @property
    def back(self) -> int:
        """All that comes back."""
        return self.online + self.in_till + self.on_cards

    @classmethod
    def of(cls, about: PromisedWithMoney) -> MoneyTold:
        """As the promise of the letter has it."""
        in_till = about.refund if about.in_till is True else int(about.in_till)  # an earlier version said only whether
        online = about.refund - in_till - about.on_cards
        return cls(about.paid, online, in_till, about.given_up, about.by_rule, about.disputed, about.on_cards)
