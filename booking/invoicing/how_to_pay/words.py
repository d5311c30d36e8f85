"""What people call the reference that a payment names an invoice by: a KID in Norway, elsewhere a payment reference."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel.speaklater import LazyString

from booking.invoicing.kid import knows_kid


def reference_word(country: str) -> str:
    """Its name where sellers of this country (ISO 3166 alpha-2) are paid, in the locale in force."""
    return "KID" if knows_kid(country) else str(_("Payment reference"))


def of_reference(country: str, of_kid: str | LazyString, of_rf: str | LazyString) -> str:
    """The sentence that speaks of a KID, or the one that speaks of a payment reference."""
    return str(of_kid if knows_kid(country) else of_rf)
