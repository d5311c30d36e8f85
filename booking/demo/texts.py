"""Texts of the demo centres, in the languages of each."""

from __future__ import annotations

from booking.kernel.database import Texts


def in_four(nb: str, nn: str, en: str, lv: str = "") -> Texts:
    """A text in the languages of the house; Latvian may be missing at a centre that does not speak it."""
    return {"nb": nb, "nn": nn, "en": en, **({"lv": lv} if lv else {})}


def in_two(lv: str, en: str) -> Texts:
    """A text in the languages of a Latvian house."""
    return {"lv": lv, "en": en}
