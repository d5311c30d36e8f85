"""Pages for the front desk: who comes now, let them in, find and help. For a phone in one hand, all day."""

from __future__ import annotations

from booking.web.blueprints import desk
from booking.web.desk import add, board, change, closed, discount, gift_card, house, party, refusals, scan, sell, vipps

__all__ = [
    "add", "board", "change", "closed", "desk", "discount", "gift_card", "house", "party", "refusals", "scan", "sell",
    "vipps",
]  # fmt: skip
