"""Who sells, as a receipt says it: by name, address, organisation number and, where registered for VAT, that."""

from __future__ import annotations

from flask_babel import gettext as _

from booking.centre.facts import CentreFacts
from booking.invoicing.issue import rules_of_invoices
from booking.invoicing.paper import in_threes


def seller_of(centre: CentreFacts) -> tuple[str, ...]:
    """One statement. Call with the receipt's language in force.

    In Norway the number stands in threes with MVA behind it (bokføringsforskriften § 5-1-2). Who has said nothing for
    invoices yet is taken to be registered.
    """
    rules = rules_of_invoices()
    vat_number = centre.org_number if rules is None else rules.vat_number
    number = centre.org_number.upper().removesuffix("MVA").strip()
    if centre.country == "NO":
        number = in_threes(number) + (" MVA" if number and vat_number else "")
        vat_number = ""
    parts = (
        centre.legal_name or centre.name,
        centre.address,
        _("Org. no. %(number)s", number=number) if number else "",
        _("VAT no. %(number)s", number=vat_number) if vat_number and rules is not None else "",
        rules.registered_in if rules is not None else "",
    )
    return tuple(str(part) for part in parts if part)
