"""Gift cards on the public pages: to buy one, to see what is on it, to pay with it, and what became of an order."""

from booking.web.visitor.gift_cards import balance, buy

__all__ = ["balance", "buy"]
