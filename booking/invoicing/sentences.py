"""What stands on the lines of an invoice or credit note, in the language of the document."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from itertools import groupby

from flask_babel import force_locale, format_date, ngettext
from flask_babel import gettext as _

from booking.centre.wording import LOCALES
from booking.invoicing.receivables import Receivable, ReceivableKind, ReceivablePart
from booking.kernel.database import in_language


@dataclass(frozen=True, slots=True)
class Wanted:
    """A line that is wanted: its text, what it comes to with VAT in minor units, and the rate in it."""

    text: str
    gross: int
    vat_rate: int


def lines_of(receivable: Receivable, lang: str, *, together: bool) -> list[Wanted]:
    """The lines of a receivable: each part by itself, or `together` with others one line for each rate of VAT.

    Shows have one of their own then, too: they are other income.
    """
    with force_locale(LOCALES[lang]):
        if not together:
            return [Wanted(_text(receivable, part, lang), part.gross, part.vat_rate) for part in receivable.parts]
        by_line = [list(parts) for _key, parts in groupby(sorted(receivable.parts, key=_line_of), key=_line_of)]
        return [
            Wanted(_text_together(receivable, parts, lang), gross, parts[0].vat_rate)
            for parts in by_line
            if (gross := sum(part.gross for part in parts))
        ]


def _line_of(part: ReceivablePart) -> tuple[int, bool]:
    """Which parts of a receivable have a line together among those of others."""
    return part.vat_rate, part.show is not None


def text_of_planned(on: date, lang: str) -> str:
    """What an invoice says that goes out before the visit."""
    with force_locale(LOCALES[lang]):
        return str(_("For admission on %(day)s, invoiced in advance.", day=format_date(on, "long")))


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
    if receivable.number is not None:
        beside = {"number": receivable.number, "reference": receivable.booking}
        return str(_("Addition to invoice %(number)s, booking %(reference)s", **beside))
    if part.lunch:
        return str(_("Lunch room: %(group)s", group=part.group))
    if part.show is not None:
        return str(_("Show: %(show)s, %(group)s", show=in_language(part.show, lang), group=part.group))
    pupils = ngettext("%(num)s pupil", "%(num)s pupils", part.pupils)
    return str(_("Class %(group)s: %(pupils)s", group=part.group, pupils=pupils))


def _text_together(receivable: Receivable, parts: list[ReceivablePart], lang: str) -> str:
    """Where it came from, what it is, and its own reference: a line that stands among those of others."""
    texts = [receivable.school]
    classes = {part.group: part.pupils for part in parts if not part.lunch and part.show is None}
    lunches = dict.fromkeys(part.group for part in parts if part.lunch)
    shows = dict.fromkeys(in_language(part.show, lang) for part in parts if part.show is not None)
    watching = dict.fromkeys(part.group for part in parts if part.show is not None)
    if receivable.kind is not ReceivableKind.VISIT or receivable.number is not None:
        texts += dict.fromkeys(_text(receivable, part, lang) for part in parts)
    elif classes:
        pupils = sum(classes.values())
        texts += [", ".join(classes), ngettext("%(num)s pupil", "%(num)s pupils", pupils)]
        texts += [_("lunch room")] if lunches else []
    else:
        texts += [_("Lunch room: %(group)s", group=", ".join(lunches))] if lunches else []
        texts += [_("Show: %(show)s, %(group)s", show=", ".join(shows), group=", ".join(watching))] if shows else []
    if receivable.reference:
        texts.append(_("reference %(reference)s", reference=receivable.reference))
    if receivable.order_number:
        texts.append(_("order %(number)s", number=receivable.order_number))
    return ", ".join(text for text in texts if text)
