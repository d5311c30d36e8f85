"""How a centre's papers and letters look: its colours made readable, its logo, and a picture of what was bought.

What goes into many papers is prepared once in a process, under a name that changes with its content: a logo is drawn
by a process of its own, a picture is read from the database in the size that paper and mail want, a motif is drawn from
its name.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from struct import unpack
from typing import Protocol

from booking.centre import logo
from booking.centre.colours import ACCENT, BRAND, INK, SHEET, checked, ground, mixed, readable
from booking.centre.facts import CentreFacts
from booking.centre.motif import printed_drawing
from booking.centre.wording import Wording
from booking.kernel import log
from booking.kernel.database import Texts, end_reading
from booking.pictures.drawn import Undrawable, jpeg_of, png_of
from booking.pictures.facts import PictureFacts, PictureKind
from booking.pictures.keeping import picture_file
from booking.pictures.logo_files import PNG

PREPARED = 64  # pictures that a process keeps, of some twenty kilobytes each
MOTIF_HIGH = 160  # points; the picture has two dots for each, as wide as the smallest of an activity's own


class InSight(Protocol):
    """What was bought, as far as one sees it."""

    @property
    def activity_slug(self) -> str:
        """The name that its motif is drawn of."""

    @property
    def picture(self) -> PictureFacts | None:
        """Its own picture, if it has one."""


@dataclass(frozen=True, slots=True)
class Sight:
    """What is to be seen above: a JPEG, or the motif of a name as an SVG; what it shows in words, "" for a motif."""

    jpeg: bytes = b""
    motif: str = ""
    alt: Texts | None = None


NOTHING_SEEN = Sight()


@dataclass(frozen=True, slots=True)
class PaperLook:
    """As a paper's template takes it: colours as #0b4f6c, pictures as SVG, "" where there is none."""

    brand: str
    on_brand: str
    accent: str
    heading: str
    soft: str
    logo: str = ""
    picture: str = ""
    alt: str = ""


def look_of(centre: CentreFacts, sight: Sight, write: Wording) -> PaperLook:
    """How this centre's paper looks; at most one statement, the first time in a process. Not inside a unit of work."""
    drawn = logo_of(centre)
    picture = _framed(sight.jpeg) if sight.jpeg else sight.motif
    alt = write.words(sight.alt) if sight.alt else ""
    return _coloured(centre.brand, centre.accent, _as_svg(drawn) if drawn else "", picture, alt)


def plain_look(brand: str, accent: str = ACCENT) -> PaperLook:
    """Colours alone."""
    return _coloured(brand, accent)


def sight_of(centre: CentreFacts, bought: Iterable[InSight]) -> Sight:
    """The picture of the first thing booked that has one, else of the house, else the motif of what begins first.

    At most one statement, the first time in a process.
    """
    slugs = []
    for line in bought:
        if line.picture is not None and (sight := _seen(line.picture)) is not None:
            return sight
        slugs.append(line.activity_slug)
    if centre.picture is not None and (sight := _seen(centre.picture)) is not None:
        return sight
    return motif_of(centre, slugs[0]) if slugs else NOTHING_SEEN


def motif_of(centre: CentreFacts, slug: str) -> Sight:
    """The drawing that stands where there is no picture."""
    return Sight(motif=_motif(slug, centre.brand, centre.accent))


def jpeg_of_sight(sight: Sight) -> bytes:
    """It as mail programs show it; nothing where it cannot be drawn. Not inside a unit of work."""
    if sight.jpeg or not sight.motif:
        return sight.jpeg
    end_reading()  # drawing takes its time
    try:
        return jpeg_of(sight.motif.encode(), MOTIF_HIGH)
    except Undrawable:
        return b""


def logo_of(centre: CentreFacts) -> bytes:
    """The logo as a small PNG, nothing without one. A paper goes without it rather than not at all."""
    if not centre.logo:
        return b""
    try:
        return _logo(centre.logo)
    except Undrawable:
        log.write("logo.undrawable", logo=centre.logo)
        return b""


@lru_cache(maxsize=4)
def _logo(name: str) -> bytes:
    kept = logo.logo(name)
    if kept is None:
        raise Undrawable
    content, kind = kept
    end_reading()
    return png_of(_as_svg(content).encode() if kind == PNG else content)


def _seen(picture: PictureFacts) -> Sight | None:
    """The smallest cut of a picture, sharp enough for a third of a page; None where it was changed just now."""
    try:
        return Sight(jpeg=_file(picture.file(min(picture.widths), PictureKind.JPEG)), alt=picture.alt)
    except LookupError:
        return None


@lru_cache(maxsize=PREPARED)
def _file(name: str) -> bytes:
    file = picture_file(name)
    if file is None:
        raise LookupError(name)
    return file[0]


@lru_cache(maxsize=PREPARED)
def _framed(jpeg: bytes) -> str:
    """A JPEG in an SVG: what sets type takes it so as text, and hands its bytes on as they are."""
    return _image("jpeg", jpeg, 3, 2)


@lru_cache(maxsize=4)
def _as_svg(png: bytes) -> str:
    return _image("png", png, *unpack(">II", png[16:24]))


def _image(kind: str, content: bytes, wide: int, high: int) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{wide}" height="{high}" viewBox="0 0 {wide} {high}">'
        f'<image width="{wide}" height="{high}" href="data:image/{kind};base64,{b64encode(content).decode()}"/></svg>'
    )


@lru_cache(maxsize=PREPARED)
def _motif(slug: str, brand: str, accent: str) -> str:
    return printed_drawing(slug, brand, accent)


@lru_cache(maxsize=PREPARED)
def _coloured(brand: str, accent: str, logo_svg: str = "", picture: str = "", alt: str = "") -> PaperLook:
    """The brand is a ground for words; where it is words itself it is as dark as white paper asks (WCAG 2.2, 1.4.3)."""
    brand, accent = checked(brand, BRAND), checked(accent, ACCENT)
    under, words = ground(brand)
    return PaperLook(
        brand=under,
        on_brand=words,
        accent=accent,
        heading=readable(brand, (SHEET, mixed(brand, SHEET, 0.08)), INK),
        soft=mixed(brand, SHEET, 0.08),
        logo=logo_svg,
        picture=picture,
        alt=alt,
    )
