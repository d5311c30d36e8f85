"""A booking into a phone's wallet, from its page."""

from booking.web.visitor.wallet import passes

__all__ = ["passes"]
