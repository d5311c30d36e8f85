"""What receipts call the ways to pay, by the provider of a payment: a further way is one line here."""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import gettext as _

from booking.centre.wording import Wording
from booking.payments.models import GIFT_CARD, TILL
from booking.receipts.document import ReceiptWay


def way_words(provider: str, till_receipt: str = "") -> str:
    """How it was paid, in the reader's language; a provider without a line of its own took a card or an account.

    What went through the centre's own till has a receipt there, whose number is told too.
    """
    ways = {
        "vipps": _("With Vipps"),
        "vipps_desk": _("With Vipps"),
        "demo": _("In a demonstration, no real money"),
        "demo_vipps": _("With Vipps, in a demonstration"),
        "demo_vipps_desk": _("With Vipps, in a demonstration"),
        TILL: _("At our desk"),
        GIFT_CARD: _("With a gift card"),
    }
    way = str(ways.get(provider, _("By card or account, online")))
    return str(_("%(way)s, receipt %(number)s from the till", way=way, number=till_receipt)) if till_receipt else way


def ways_words(ways: Sequence[ReceiptWay], currency: str, write: Wording) -> str:
    """How all of it was paid; each way with its sum where there are several."""
    if len(ways) == 1:
        return way_words(ways[0].provider, ways[0].till_receipt)
    return " · ".join(
        f"{way_words(way.provider, way.till_receipt)}: {write.money(way.amount, currency)}" for way in ways
    )
