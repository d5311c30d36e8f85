"""Paint a picture by sums, as a process of its own: `python -I painting.py plate > picture.jpg`.

A plate with sand on which a tone stands, the skin of a soap bubble, the sky at night: what they show is worked out for
each pixel. The libraries for it stay out of the process that loads the demo.
"""

from __future__ import annotations

import io
import sys
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from PIL import Image

Field = NDArray[np.float32]
WIDE, HIGH = 960, 640


def plate(x: Field, y: Field) -> Field:
    """Sand on a plate that sings (Chladni): it lies where the plate stands still."""
    standing = np.cos(7 * np.pi * x) * np.cos(3 * np.pi * y) - np.cos(3 * np.pi * x) * np.cos(7 * np.pi * y)
    standing += 0.45 * (np.cos(5 * np.pi * x) * np.cos(9 * np.pi * y) - np.cos(9 * np.pi * x) * np.cos(5 * np.pi * y))
    grains = np.random.default_rng(7).random(x.shape, dtype=np.float32)
    sand = np.exp(-((standing / 0.21) ** 2)) * (0.55 + 0.75 * grains)
    light = np.clip(1.15 - 0.75 * np.hypot(x - 0.35, y - 0.3), 0.25, 1.1)
    metal = colour(0.05, 0.16, 0.24) + 0.10 * (0.5 + 0.5 * np.sin(60 * y + 3 * x))[..., None]
    painted: Field = (metal * (1 - sand[..., None]) + colour(0.96, 0.83, 0.60) * sand[..., None]) * light[..., None]
    return painted


def bubble(x: Field, y: Field) -> Field:
    """The skin of a soap bubble: its thickness swirls, and each thickness takes a colour out of the light."""
    u, v = x * 2.2, y * 2.2
    for turn in range(1, 6):
        u, v = u + 0.52 / turn * np.sin(turn * v + 0.7 * turn), v + 0.5 / turn * np.cos(turn * u + 1.9)
    thickness = 1.2 + 0.5 * np.sin(u * 1.6) + 0.42 * np.sin(v * 2.1 + u) + 0.9 * y
    waves = np.stack([thickness * 2 * np.pi / length for length in (0.78, 0.64, 0.54)], axis=-1)
    shine = np.exp(-(((x - 0.42) / 0.10) ** 2 + ((y - 0.22) / 0.05) ** 2))[..., None]
    rim = np.clip(1.15 - 0.55 * np.hypot(x - 0.75, y - 0.5), 0.35, 1.0)[..., None]
    film = (0.50 + 0.25 * np.cos(waves)) * rim * colour(0.92, 0.98, 1.06) + colour(0.0, 0.05, 0.12)
    painted: Field = film + shine * 0.5
    return painted


def night(x: Field, y: Field) -> Field:
    """Northern light over mountains, with the stars that it leaves."""
    sky = colour(0.02, 0.05, 0.13) * (1 - y)[..., None] + colour(0.05, 0.19, 0.27) * y[..., None]
    curtain = 0.36 + 0.07 * np.sin(2.6 * x + 0.2) + 0.03 * np.sin(8.3 * x + 1.4) + 0.01 * np.sin(23 * x)
    above = np.clip(curtain + 0.16 - y, 0, None)
    folds = 0.55 + 0.45 * np.sin(46 * x + 5 * np.sin(6 * x)) * np.sin(17 * x + 1)
    rising = np.clip(above / 0.09, 0, 1) ** 1.5
    glow = np.exp(-above * 5.2) * rising * (0.45 + 0.55 * folds)
    light = colour(0.18, 0.95, 0.58) * glow[..., None] + colour(0.55, 0.25, 0.75) * (glow * above * 2.2)[..., None]
    thrown = np.random.default_rng(11)
    stars = np.zeros_like(x)
    rows, columns = thrown.integers(0, HIGH, 420), thrown.integers(0, WIDE, 420)
    for down in (0, 1):
        for right in (0, 1):
            stars[np.minimum(rows + down, HIGH - 1), np.minimum(columns + right, WIDE - 1)] = thrown.random(420) ** 2
    painted: Field = sky + 0.9 * light + stars[..., None]
    for place, (height, steep) in enumerate(((0.66, 0.060), (0.76, 0.048), (0.88, 0.030))):
        ridge = height - sum(
            steep / part * np.abs(np.sin((2.1 + place * 0.8) * part * x + place * 1.7 + part)) for part in (1, 2, 4, 9)
        )
        stone = colour(0.035, 0.10, 0.15) * (1.25 - 0.42 * place)
        painted = np.where((y > ridge)[..., None], stone, painted)
    return painted


def colour(red: float, green: float, blue: float) -> Field:
    """A colour for every pixel, of parts from nought to one."""
    return np.array((red, green, blue), dtype=np.float32)


PAINTINGS: dict[str, Callable[[Field, Field], Field]] = {"plate": plate, "bubble": bubble, "night": night}


def paint(name: str) -> bytes:
    """The painting of this name as a JPEG."""
    y, x = np.mgrid[0:HIGH, 0:WIDE].astype(np.float32) / HIGH
    painted = np.clip(PAINTINGS[name](x, y), 0, 1) ** (1 / 1.15)
    file = io.BytesIO()
    Image.fromarray((painted * 255).astype(np.uint8)).save(file, "JPEG", quality=90)
    return file.getvalue()


if __name__ == "__main__":
    sys.stdout.buffer.write(paint(sys.argv[1]))
