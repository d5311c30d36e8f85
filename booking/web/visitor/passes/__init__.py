"""Annual passes on the public pages: to buy one, and the pass's own page."""

from booking.web.visitor.passes import buy, own

__all__ = ["buy", "own"]
