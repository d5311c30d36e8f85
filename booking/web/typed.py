"""What people type and what addresses say, read into days, clocks, numbers, ids and sums: here and nowhere else.

By pattern first, since Python's own readers take more than people mean: int() takes "٢" and "1_0", fromisoformat()
takes "2026W457". A reader answers None for what it cannot read; a reader that ends in `_or_wrong` raises `Wrong`
instead, with a sentence in the reader's language.
"""

from __future__ import annotations

import re
from datetime import date, datetime, time
from enum import StrEnum
from typing import TypeVar

from flask_babel import gettext as _

from booking.kernel.typed import one_line

E = TypeVar("E", bound=StrEnum)

_WHOLE = re.compile(r"[0-9]{1,9}")
_ID = r"[1-9][0-9]{0,17}"
_SUM = re.compile(r"([0-9]{1,7})(?:[.,]([0-9]{1,2}))?")
_SUM_SHOWN = re.compile(r"0|[1-9][0-9]{0,9}")
_DAY = re.compile(r"2[01][0-9]{2}-[0-9]{2}-[0-9]{2}")
_CLOCK = re.compile(r"([01]?[0-9]|2[0-3])[:.]?([0-5][0-9])")
_COLOUR = re.compile(r"#[0-9a-f]{6}")
_REQUEST = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{7,63}")
_HEXADECIMAL = re.compile(r"[0-9A-Fa-f-]+")  # as we make them, and UUIDs
MOST_CLOCKS = 100


class Wrong(Exception):
    """What is typed cannot be taken; carries the sentence."""


def whole_number(text: str | None, least: int, most: int) -> int | None:
    """A whole number in range, of nine figures at most."""
    text = (text or "").strip()
    if not _WHOLE.fullmatch(text):
        return None
    number = int(text)
    return number if least <= number <= most else None


def whole_number_or_wrong(text: str, least: int, most: int) -> int:
    """A whole number in range. Raises Wrong."""
    number = whole_number(text, least, most)
    if number is None:
        raise Wrong(_("Enter a whole number from %(least)s to %(most)s.", least=least, most=most))
    return number


def identity(text: str | None) -> int | None:
    """An id as it stands in an address or a form."""
    text = text or ""
    return int(text) if re.fullmatch(_ID, text) else None


def request_number(text: str) -> str | None:
    """The number of a request, or its beginning, as somebody reads it off a screen: spaces and large letters too."""
    number = "".join(text.split())
    if not _REQUEST.fullmatch(number):
        return None
    return number.lower() if _HEXADECIMAL.fullmatch(number) else number


def ids_in(name: str, kind: str, many: int) -> tuple[int, ...] | None:
    """The ids in the name of a field, such as (3, 14) in "q-3-14", which is of kind "q" with two of them."""
    begins, *parts = name.split("-")
    ids = tuple(known for part in parts if (known := identity(part)) is not None)
    return ids if begins == kind and len(ids) == len(parts) == many else None


def sum_shown(text: str | None) -> int | None:
    """A sum in minor units that one of our own pages carries in its form; None where it carries none."""
    return int(text) if text is not None and _SUM_SHOWN.fullmatch(text) else None


def sum_typed(text: str | None) -> int | None:
    """A sum as people type it, 1 250 or 12.50 or 12,50, in minor units of a currency that has hundredths."""
    parts = _SUM.fullmatch(re.sub(r"[\s\u00a0\u202f]", "", text or ""))
    return int(parts[1]) * 100 + int((parts[2] or "0").ljust(2, "0")) if parts else None


def sum_or_wrong(text: str) -> int:
    """A sum as people type it, in minor units. Raises Wrong."""
    minor = sum_typed(text)
    if minor is None:
        raise Wrong(_("Enter an amount such as 170 or 12.50."))
    return minor


def percent_or_wrong(text: str) -> int:
    """A share of a hundred as people type it, in hundredths of a per cent. Raises Wrong."""
    hundredths = sum_typed(text.removesuffix("%"))
    if hundredths is None:
        raise Wrong(_("Enter a percentage such as 25 or 12.5."))
    if hundredths > 10_000:
        raise Wrong(_("At most 100."))
    return hundredths


def a_day(text: str | None) -> date | None:
    """A date written 2027-03-28, near enough for clocks to reckon with: from 2000 to 2199."""
    text = (text or "").strip()
    if not _DAY.fullmatch(text):
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:  # the thirty-first of February
        return None


def day_or_wrong(text: str) -> date:
    """A date written 2027-03-28. Raises Wrong."""
    day = a_day(text)
    if day is None:
        raise Wrong(_("Enter a date such as 2027-03-28."))
    return day


def a_month(text: str | None) -> date | None:
    """The first of a month written 2027-03."""
    return a_day(f"{text}-01") if text else None


def a_clock(text: str | None) -> time | None:
    """A time of day as people type it: 09:30, 9.30, 0930."""
    parts = _CLOCK.fullmatch((text or "").strip())
    return time(int(parts[1]), int(parts[2])) if parts else None


def clock_or_wrong(text: str) -> time:
    """A time of day as people type it. Raises Wrong."""
    wall = a_clock(text)
    if wall is None:
        raise Wrong(_("Enter a time such as 09:30."))
    return wall


def clocks_or_wrong(text: str) -> list[time]:
    """Times of day with spaces, commas or semicolons between, in order, each once. Raises Wrong."""
    words = [word for word in re.split(r"[\s,;]+", text) if word]
    if len(words) > MOST_CLOCKS:
        raise Wrong(_("At most 100 times."))
    return sorted({clock_or_wrong(word) for word in words})


def a_moment(text: object) -> datetime | None:
    """A moment with its zone as a device writes it (ISO 8601)."""
    try:
        moment = datetime.fromisoformat(str(text))
    except ValueError:
        return None
    return moment if moment.tzinfo else None


def colour_or_wrong(text: str) -> str:
    """A colour written #0b4f6c, in small letters. Raises Wrong."""
    if not _COLOUR.fullmatch(text.lower()):
        raise Wrong(_("Enter a colour such as #0b4f6c."))
    return text.lower()


def one_of(kind: type[E], text: str | None) -> E | None:
    """The choice that an address names; None for none, or one that there is not."""
    named = one_line(text)
    return kind(named) if named in set(kind) else None
