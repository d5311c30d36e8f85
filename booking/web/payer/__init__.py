"""Pages for those who pay invoices: opened by a link, without an account."""

from booking.web.blueprints import payer
from booking.web.payer import invoices

__all__ = ["invoices", "payer"]
