"""An annual pass as paper: who it is for, until when, and the code that lets them in."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import ngettext, pgettext

from booking.annual_passes.models import PassFor
from booking.annual_passes.own import PassFacts
from booking.centre.facts import CentreFacts
from booking.centre.wording import Wording
from booking.documents.looks import PaperLook
from booking.documents.paper import AnnualPassPaper


def annual_pass_paper(bought: PassFacts, centre: CentreFacts, look: PaperLook, write: Wording) -> AnnualPassPaper:
    """What the sheet says. With the reader's language in force."""
    until = _("Valid until %(day)s, that day included", day=write.until(write.full_date(bought.days.last)))
    return AnnualPassPaper(
        lang=write.lang,
        title=write.words(bought.order.title),
        centre=centre.name,
        seller=tuple(part for part in (centre.legal_name, centre.address, centre.org_number) if part),
        reference="",
        code=bought.code,
        look=look,
        words={"qr": _("QR code of the pass"), "for": pgettext("annual pass", "For")},
        people=(*bought.order.names, *_others(bought)),
        until=until,
        how=_("Show the code at the entrance, and be ready to say who you are."),
    )


def _others(bought: PassFacts) -> tuple[str, ...]:
    """Who comes along without being named."""
    if bought.order.whom is PassFor.CHILD_AND_ONE:
        return (_("and one who comes along"),)
    if not bought.order.children:
        return ()
    words: str = ngettext(
        "and %(num)s child up to %(age)s years", "and %(num)s children up to %(age)s years", bought.order.children,
        age=bought.order.child_age,
    )  # fmt: skip
    return (words,)
