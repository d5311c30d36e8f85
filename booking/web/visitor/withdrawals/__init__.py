"""To withdraw from a purchase: by its own page in two presses, and for whoever has lost the letter with the link."""

from booking.web.visitor.withdrawals import lost, own

__all__ = ["lost", "own"]
