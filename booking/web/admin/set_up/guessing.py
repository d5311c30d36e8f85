"""What a new centre probably has, by its country or by the browser of who makes it: what the first form begins with."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any
from zoneinfo import available_timezones

from babel.core import get_global
from babel.numbers import get_territory_currencies

from booking.web.languages import LANGUAGES

OURS = {"NO": ["nb", "nn", "en"], "LV": ["lv", "en"]}  # languages of the countries that we know
MOST_ZONES = 2  # a country with more has none that is usual
LONGEST = 35  # letters of a language tag (RFC 5646, section 4.4.1)


def usual(country: str | None, accepted: Sequence[str]) -> dict[str, Any]:
    """Languages, country, currency and time zone; what cannot be guessed is left out.

    `accepted` are the browser's language tags, the best first.
    """
    where = country if country in _zones() else _country_of(accepted)
    if where is None:
        return {}
    spoken = [lang for tag in accepted if (lang := _ours(tag)) is not None]
    languages = OURS.get(where) or list(dict.fromkeys([*spoken, "en"]))
    guess: dict[str, Any] = {"country": where, "languages": languages}
    zones, currencies = _zones()[where], get_territory_currencies(where)
    if len(zones) <= MOST_ZONES:
        guess["timezone"] = zones[0]
    return guess | ({"currency": currencies[0]} if currencies else {})


def _country_of(accepted: Sequence[str]) -> str | None:
    """The country that the first tag names, or where its language is at home; English alone is spoken everywhere."""
    for tag in accepted:
        parts = tag[:LONGEST].replace("_", "-").split("-")
        named = next((part.upper() for part in parts[1:] if len(part) == 2 and part.isalpha()), None)
        if named is None and parts[0] != "en":
            named = str(get_global("likely_subtags").get(parts[0].lower(), "")).rpartition("_")[2]
        if named in _zones():
            return named
    return None


def _ours(tag: str) -> str | None:
    lang = tag.split("-")[0].lower()
    lang = "nb" if lang == "no" else lang
    return lang if lang in LANGUAGES else None


@cache
def _zones() -> dict[str, list[str]]:
    """The time zones of each country."""
    known = available_timezones()
    zones: dict[str, list[str]] = {}
    for zone, country in sorted(get_global("zone_territories").items()):
        if zone in known and len(country) == 2:
            zones.setdefault(country, []).append(zone)
    return zones
