"""What a letter says of money: just the sums that were promised in the same moment as the letter itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class MoneyTold:
    """What a letter says of the money, in minor units: what was promised in the same moment as the letter."""

    paid: int = 0
    online: int = 0
    in_till: int = 0
    given_up: int = 0
    by_rule: int = 0
    disputed: int = 0

    @property
    def back(self) -> int:
        """All that comes back."""
        return self.online + self.in_till

    @classmethod
    def of(cls, about: Mapping[str, Any]) -> MoneyTold:
        """As the promise of the letter has it."""
        refund, in_till = int(about.get("refund", 0)), about.get("in_till", 0)
        in_till = refund if in_till is True else int(in_till)  # letters promised by an earlier version say only whether
        known = {name: int(about.get(name, 0)) for name in ("paid", "given_up", "by_rule", "disputed")}
        return cls(online=refund - in_till, in_till=in_till, **known)
