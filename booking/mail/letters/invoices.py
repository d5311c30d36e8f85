"""Letters to those who pay invoices: the link to their own page."""

from __future__ import annotations

from flask_babel import force_locale
from flask_babel import gettext as _

from booking.centre.wording import LOCALES, Wording
from booking.invoicing.payer.links import page_address
from booking.invoicing.payer.queries import last_issued_to
from booking.kernel import clock
from booking.kernel.database import end_reading
from booking.mail.letter import Letter
from booking.mail.promised import PromisedToPayer
from booking.mail.writing import Desk, compose


def payer_link_letter(desk: Desk, to: PromisedToPayer) -> Letter | None:
    """The link to a payer's own page; none once staff have closed it."""
    newest = last_issued_to(to.payer_id)
    end_reading()
    address = page_address(to.payer_id, to.lang, desk.settings, clock.now())
    if newest is None or not address:
        return None
    with force_locale(LOCALES[to.lang]):
        write = Wording.of(to.lang, desk.centre)
        subject = _("Your invoices from %(centre)s", centre=desk.centre.name)
        payer = newest.document.billed_to.name
        return compose(desk, to.email, subject, "payer_link", write, address=address, payer=payer)
