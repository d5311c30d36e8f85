"""Drawings that the check of their elements lets through, and what they ask of who draws them."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from booking.pictures import drawn
from booking.pictures.drawn import Undrawable, png_of
from booking.pictures.logo_files import SVG, checked_logo


def svg(inside: str, size: str = 'viewBox="0 0 4 4"') -> bytes:
    """A drawing that the check of its elements lets through."""
    space = 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
    made = f"<svg {space} {size}>{inside}</svg>".encode()
    assert checked_logo(made) == SVG
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


@pytest.mark.parametrize("costly", COSTLY.values(), ids=COSTLY)
def test_what_cannot_be_drawn_costs_little_and_breaks_nobody(costly: bytes) -> None:
    begun = time.monotonic()
    with pytest.raises(Undrawable):
        png_of(costly)
    assert time.monotonic() - begun < 20
    again = time.monotonic()
    with pytest.raises(Undrawable):
        png_of(costly)
    assert time.monotonic() - again < 0.1  # known by now


def test_what_took_too_long_once_may_be_drawn_another_time(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A machine that had too much else to do: the drawing is as good as before."""
    stand_in, drawing_of = tmp_path / "drawing.py", svg(f"<desc>{tmp_path}</desc>")
    monkeypatch.setattr(drawn, "DRAWING", stand_in)
    stand_in.write_text("import time; time.sleep(60)")
    with monkeypatch.context() as meanwhile:
        meanwhile.setattr(drawn, "TAKES", 0.2)
        with pytest.raises(Undrawable):
            png_of(drawing_of)
    stand_in.write_text(r"import sys; sys.stdout.buffer.write(b'\x89PNG\r\n\x1a\n')")
    assert png_of(drawing_of).startswith(b"\x89PNG")


BROKEN = {
    "is killed": "import os; os.kill(os.getpid(), 9)",
    "sleeps": "import sys, time; sys.stdout.buffer.write(PNG); sys.stdout.flush(); time.sleep(60)",
    "gives up after a picture": "import sys; sys.stdout.buffer.write(PNG); sys.exit(1)",
    "draws too much": f"import sys; sys.stdout.buffer.write(PNG + bytes({drawn.LARGEST}))",
    "draws something else": "print('<html>')",
}


@pytest.mark.parametrize("does", BROKEN.values(), ids=BROKEN)
def test_a_process_that_draws_and(does: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """It is waited for no longer than said, and what it leaves is not taken for a picture."""
    stand_in = tmp_path / "drawing.py"
    stand_in.write_text(rf"PNG = b'\x89PNG\r\n\x1a\n'; {does}")
    monkeypatch.setattr(drawn, "DRAWING", stand_in)
    monkeypatch.setattr(drawn, "TAKES", 2)
    begun = time.monotonic()
    with pytest.raises(Undrawable):
        png_of(svg(f"<desc>{tmp_path}</desc>"))
    assert time.monotonic() - begun < 10


def test_a_plain_drawing_is_a_picture_48_points_high_and_sharp() -> None:
    picture = png_of(svg('<rect width="8" height="4"/>', 'viewBox="0 0 8 4"'))
    wide, high = int.from_bytes(picture[16:20], "big"), int.from_bytes(picture[20:24], "big")
    assert (wide, high) == (192, 96)
