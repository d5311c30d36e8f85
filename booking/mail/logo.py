"""The centre's logo as letters carry it: inside them, since many readers fetch nothing; as PNG, since few show SVG."""

from __future__ import annotations

from booking.centre import logo
from booking.centre.facts import CentreFacts
from booking.kernel import log
from booking.kernel.database import db
from booking.mail.letter import Attachment
from booking.pictures.drawn import Undrawable, png_of
from booking.pictures.logo_files import PNG, SVG

NAME = "logo.png"


def logo_of(centre: CentreFacts) -> tuple[Attachment, ...]:
    """The logo if there is one. A letter goes without it rather than not at all."""
    picture = logo.logo(centre.logo) if centre.logo else None
    if picture is None:
        return ()
    content, kind = picture
    if kind == SVG:
        db.session.rollback()  # drawing takes its time
        try:
            content = png_of(content)
        except Undrawable:
            log.write("logo.undrawable", logo=centre.logo)
            return ()
    return (Attachment(NAME, PNG, content),)
