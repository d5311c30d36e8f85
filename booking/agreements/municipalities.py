"""How schools, agreements, holidays and travel name municipalities."""

from __future__ import annotations

from booking.bookings.search_words import fold_letters

EVERYWHERE = "*"  # in place of a municipality: all that the centre knows


def key_of(municipality: str) -> str:
    """Under which a municipality is found, however it is written."""
    return fold_letters(municipality).strip()[:60]
