"""Reading codes in made pictures: several at once, and screens that are hardly lit."""

from __future__ import annotations

import random
from collections.abc import Sequence

import pytest
import segno

from booking.documents.qr import door_text
from booking.documents.qr_seen import Picture, code_in, stretched

WIDTH, HEIGHT = 480, 360
MIDDLE = (WIDTH // 2, HEIGHT // 2)
OURS, OTHER = door_text("A" * 26), door_text("B" * 26)


def a_picture(
    *codes: tuple[str, tuple[int, int]], greys: tuple[int, int] = (16, 235), around: int = 200, noise: int = 0
) -> Picture:
    """Codes at their places (x, y of the middle) in these greys, dark and light, before something else."""
    grey = bytearray([around]) * (WIDTH * HEIGHT)
    for text, (across, down) in codes:
        rows = [list(row) for row in segno.make(text, error="q", micro=False).matrix_iter(scale=4, border=4)]
        top, left = down - len(rows) // 2, across - len(rows[0]) // 2
        for y, row in enumerate(rows):
            begin = (top + y) * WIDTH + left
            grey[begin : begin + len(row)] = bytes(greys[0] if dark else greys[1] for dark in row)
    return Picture(_with_noise(grey, noise), WIDTH)


def _with_noise(grey: Sequence[int], most: int) -> bytes:
    chance = random.Random(1)
    return bytes(min(255, max(0, shade + chance.randint(-most, most))) for shade in grey)


@pytest.mark.parametrize("first", [(110, 100), (100, 270), (390, 270), (370, 90)])
def test_of_several_codes_the_one_nearest_the_middle_is_meant(first: tuple[int, int]) -> None:
    for codes in ([(OTHER, first), (OURS, MIDDLE)], [(OURS, MIDDLE), (OTHER, first)]):
        assert code_in(a_picture(*codes)) == OURS


def test_a_code_that_is_alone_is_read_wherever_it_is() -> None:
    assert code_in(a_picture((OURS, (110, 110)))) == OURS


@pytest.mark.parametrize("around", [40, 120, 235])
@pytest.mark.parametrize("apart", [6, 12, 20, 30])
def test_a_screen_that_is_hardly_lit_is_read_before_any_room(apart: int, around: int) -> None:
    assert code_in(a_picture((OURS, MIDDLE), greys=(40, 40 + apart), around=around, noise=1)) == OURS


@pytest.mark.parametrize("noise", [0, 1, 40, 127])
def test_a_picture_without_a_code_says_nothing(noise: int) -> None:
    assert code_in(a_picture(noise=noise)) is None


@pytest.mark.parametrize(("size", "width"), [(1, 1), (2, 1), (5, 5), (36, 6)])
def test_the_smallest_pictures_break_nothing(size: int, width: int) -> None:
    assert code_in(Picture(bytes(range(size)), width)) is None


def test_greys_that_are_spread_already_are_left_alone() -> None:
    assert stretched(a_picture((OURS, MIDDLE), around=235), 2) is None
    clear = stretched(a_picture((OURS, MIDDLE), greys=(40, 52), around=44))
    assert clear is not None
    assert (min(clear.pixels), max(clear.pixels)) == (0, 255)
