"""Pages for those who pay invoices: opened by a link, without an account."""

from flask import Blueprint

payer = Blueprint("payer", __name__, url_prefix="/<lang>")

# Each adds its views to the blueprint.
from booking.web.payer import invoices  # noqa: E402

__all__ = ["invoices", "payer"]
