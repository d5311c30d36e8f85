"""A certificate as paper, in the booking's own language."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import ngettext

from booking.centre.facts import CentreFacts
from booking.centre.wording import Wording
from booking.courses.read import PlaceFacts
from booking.documents.looks import PaperLook
from booking.documents.paper import CertificatePaper


def certificate_paper(
    place: PlaceFacts, centre: CentreFacts, look: PaperLook, write: Wording, address: str
) -> CertificatePaper:
    """What a participant who was there is given; `address` is the page that checks it. With their language in force."""
    return CertificatePaper(
        lang=write.lang,
        title=_("Certificate of attendance"),
        centre=centre.name,
        seller=tuple(part for part in (centre.legal_name, centre.address, centre.org_number) if part),
        reference=place.reference,
        name=place.name,
        was_there=_("has taken part in the course"),
        course=write.words(place.title),
        held_on=write.full_date(place.starts_at),
        hours=hours_words(place.minutes),
        check=_("Anybody can check this certificate here, with the name that stands on it:"),
        code=address,
        look=look,
        words={
            "date": _("Date"),
            "hours": _("Length"),
            "place": _("Held by"),
            "qr": _("QR code that checks the certificate"),
        },
    )


def hours_words(minutes: int) -> str:
    """How long a course is: 3 hours, 3 hours 30 minutes, 45 minutes."""
    hours, rest = divmod(minutes, 60)
    parts = []
    if hours:
        parts.append(ngettext("%(num)s hour", "%(num)s hours", hours))
    if rest or not hours:
        parts.append(ngettext("%(num)s minute", "%(num)s minutes", rest))
    return " ".join(parts)
