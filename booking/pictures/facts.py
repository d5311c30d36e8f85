"""A picture as a value: what a page must know to show it, in the row of what it shows.

The facts ride on the row (`activity.picture`, `centre.picture`), so a page that lists activities asks nothing more for
their pictures; the files themselves are rows of their own that only the address of a file reads.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from functools import lru_cache
from typing import Any

from sqlalchemy.engine import Dialect

from booking.kernel.database import Json, Texts

LONGEST_ALT, LONGEST_CREDIT = 250, 120


class PictureKind(StrEnum):
    """The kinds of file that each size is kept as; a name ends in it."""

    AVIF = "avif"
    JPEG = "jpg"


MEDIA_TYPES = {PictureKind.AVIF: "image/avif", PictureKind.JPEG: "image/jpeg"}


@dataclass(frozen=True, slots=True)
class Focus:
    """The point that every cut keeps in sight, in hundredths of the width and of the height."""

    across: int = 50
    down: int = 50


@dataclass(frozen=True, slots=True)
class PictureFacts:
    """One picture of an activity or of the house. All sizes are three to two; `mark` changes with every pixel.

    `alt` says in each language what is to be seen, `credit` whose picture it is.
    """

    mark: str
    widths: tuple[int, ...]
    alt: Texts
    credit: str
    focus: Focus

    def file(self, width: int, kind: str) -> str:
        """The name of one file of it."""
        return f"{self.mark}-{width}.{kind}"

    @property
    def fallback(self) -> int:
        """The width for browsers that choose none: the one in the middle."""
        return self.widths[min(1, len(self.widths) - 1)]

    @property
    def stamp(self) -> str:
        """Another as soon as anything of it is: what a form was filled from."""
        return hashlib.sha256(_written(self).encode()).hexdigest()[:16]

    def described(self, alt: Texts, credit: str) -> PictureFacts:
        """The same picture with other words."""
        return replace(self, alt=alt, credit=credit)


class Pictured(Json):
    """A column that holds the facts of a picture, or nothing."""

    cache_ok = True

    def process_bind_param(self, value: PictureFacts | None, dialect: Dialect) -> str | None:
        return None if value is None else _written(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> PictureFacts | None:
        return None if value is None else _read(value)


def _written(facts: PictureFacts) -> str:
    return json.dumps(asdict(facts), ensure_ascii=False, separators=(",", ":"), sort_keys=True)


@lru_cache(maxsize=256)  # a list of times has the same few activities again and again
def _read(text: str) -> PictureFacts:
    stored: dict[str, Any] = json.loads(text)
    return PictureFacts(
        mark=stored["mark"],
        widths=tuple(stored["widths"]),
        alt=stored["alt"],
        credit=stored["credit"],
        focus=Focus(**stored["focus"]),
    )
