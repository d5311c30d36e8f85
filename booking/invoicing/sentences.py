"""What stands on the lines of an invoice or credit note, in the language of the document."""

from __future__ import annotations

from flask_babel import force_locale, ngettext
from flask_babel import gettext as _

from booking.centre.wording import LOCALES
from booking.invoicing.receivables import Receivable, ReceivableKind, ReceivablePart
from booking.kernel.database import in_language


def texts_of(receivable: Receivable, lang: str) -> list[str]:
    """One text for each part of a receivable."""
    with force_locale(LOCALES[lang]):
        return [_text(receivable, part, lang) for part in receivable.parts]


def text_of_part(number: str, lang: str) -> str:
    """What a credit note says of a part of an invoice that is none of its lines."""
    with force_locale(LOCALES[lang]):
        return str(_("Part of invoice %(number)s", number=number))


def _text(receivable: Receivable, part: ReceivablePart, lang: str) -> str:
    if receivable.kind is ReceivableKind.FEE:
        return str(_("Fee for a visit cancelled late, booking %(reference)s", reference=receivable.booking))
    if receivable.kind is ReceivableKind.COURSE:
        if part.title is None:
            return str(_("Fee for places given up late, booking %(reference)s", reference=receivable.booking))
        course = in_language(part.title, lang)
        return str(_("%(course)s, booking %(reference)s", course=course, reference=receivable.booking))
    if part.lunch:
        return str(_("Lunch room: %(group)s", group=part.group))
    pupils = ngettext("%(num)s pupil", "%(num)s pupils", part.pupils)
    return str(_("Class %(group)s: %(pupils)s", group=part.group, pupils=pupils))
