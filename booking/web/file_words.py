"""What a file is called that somebody chose by mistake."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import lazy_gettext
from flask_babel.speaklater import LazyString

from booking.kernel.file_kinds import ContentKind

_WHAT: dict[ContentKind, LazyString] = {
    ContentKind.PICTURE: lazy_gettext("This is a picture."),
    ContentKind.PDF: lazy_gettext("This is a PDF, made for reading."),
    ContentKind.WORKBOOK: lazy_gettext("This is a workbook of Excel or another spreadsheet."),
    ContentKind.ARCHIVE: lazy_gettext("This is a packed file (zip). Unpack it, and choose the file that is in it."),
}


def what_it_is(kind: ContentKind) -> str:
    """A sentence that says so."""
    return str(_WHAT.get(kind) or _("This is not a file that can be taken here."))
