"""How letters look: the centre's colours by day and by evening, its logo and a picture inside the letter.

Many mail programs fetch nothing, some show no SVG, and a dark one turns colours around by itself where it is not told
that the letter has its own: so what is looked at goes along, small, and both sets of colours are in the style sheet.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from booking.centre.colours import (
    ACCENT,
    BRAND,
    DARK_PAPER,
    DARK_SHEET,
    INK,
    PAPER,
    SHEET,
    checked,
    ground,
    mixed,
    readable,
)
from booking.centre.facts import CentreFacts
from booking.documents.looks import NOTHING_SEEN, Sight, jpeg_of_sight, logo_of
from booking.mail.letter import Attachment

LOGO, SIGHT = "logo.png", "picture.jpg"


@dataclass(frozen=True, slots=True)
class LetterColours:
    """Colours as the style sheet of a letter has them; what is bright or glowing is for the evening."""

    brand: str
    on_brand: str
    accent: str
    link: str
    bright: str
    glowing: str
    on_glowing: str


@dataclass(frozen=True, slots=True)
class LetterLook:
    """All that is looked at in a letter. Its pictures go along under their names."""

    colours: LetterColours
    logo: Attachment | None
    sight: Attachment | None
    alt: str  # what the picture shows, "" where it only adorns

    @property
    def pictures(self) -> tuple[Attachment, ...]:
        """What goes along."""
        return tuple(picture for picture in (self.logo, self.sight) if picture is not None)


def letter_look(centre: CentreFacts, sight: Sight = NOTHING_SEEN, alt: str = "") -> LetterLook:
    """How this centre's letter looks, with this picture above it. A letter goes without one rather than not at all."""
    logo, picture = logo_of(centre), jpeg_of_sight(sight)
    return LetterLook(
        colours=_colours(centre.brand, centre.accent),
        logo=Attachment(LOGO, "image/png", logo) if logo else None,
        sight=Attachment(SIGHT, "image/jpeg", picture) if picture else None,
        alt=alt,
    )


@lru_cache(maxsize=4)
def _colours(brand: str, accent: str) -> LetterColours:
    """Whatever a centre chooses, words can be read on their ground (WCAG 2.2, 1.4.3)."""
    brand, accent = checked(brand, BRAND), checked(accent, ACCENT)
    bright = readable(brand, (DARK_PAPER, DARK_SHEET, mixed(brand, DARK_SHEET, 0.3)), SHEET)
    (under, words), (glowing, words_of_evening) = ground(brand), ground(bright)
    return LetterColours(
        brand=under,
        on_brand=words,
        accent=accent,
        link=readable(brand, (PAPER, SHEET), INK),
        bright=bright,
        glowing=glowing,
        on_glowing=words_of_evening,
    )
