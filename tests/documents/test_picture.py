"""Drawings that the check of their elements lets through, and what they ask of who draws them."""

from __future__ import annotations

import time

import pytest

from booking.centre import pictures
from booking.documents.picture import Undrawable, png_of


def svg(inside: str, size: str = 'viewBox="0 0 4 4"') -> bytes:
    """A drawing that the check of its elements lets through."""
    space = 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
    made = f"<svg {space} {size}>{inside}</svg>".encode()
    assert pictures.checked(made) == pictures.SVG
    return made


TEN = "".join(
    f'<g id="a{n}">' + f'<use xlink:href="#a{n - 1}"/>' * 10 + "</g>" for n in range(1, 9)
)  # a hundred million squares
COSTLY = {
    "pictures of pictures of pictures": svg(f'<defs><rect id="a0" width="1" height="1"/>{TEN}</defs><use href="#a8"/>'),
    "a canvas of kilometres": svg('<rect width="4" height="4"/>', 'viewBox="0 0 1000000 1"'),
    "out of all measure": svg('<rect width="4" height="4"/>', 'viewBox="0 0 1e30 1e-5"'),
    "three thousand within each other": svg("<g>" * 3000 + "</g>" * 3000),
    "nothing": svg("", 'width="0" height="0"'),
}


@pytest.mark.parametrize("drawing", COSTLY.values(), ids=COSTLY)
def test_what_cannot_be_drawn_costs_little_and_breaks_nobody(drawing: bytes) -> None:
    begun = time.monotonic()
    with pytest.raises(Undrawable):
        png_of(drawing)
    assert time.monotonic() - begun < 20
    again = time.monotonic()
    with pytest.raises(Undrawable):
        png_of(drawing)
    assert time.monotonic() - again < 0.1  # known by now


def test_a_plain_drawing_is_a_picture_48_points_high_and_sharp() -> None:
    picture = png_of(svg('<rect width="8" height="4"/>', 'viewBox="0 0 8 4"'))
    wide, high = int.from_bytes(picture[16:20], "big"), int.from_bytes(picture[20:24], "big")
    assert (wide, high) == (192, 96)
