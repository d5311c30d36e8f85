"""Make a drawing a picture, as a process of its own: `drawing.py 48 png < logo.svg > logo.png`, within limits.

It is 48 points high then, and sharp: two dots for each.

Started by `drawn.py` and by nobody else; imports nothing of ours, so that it starts fast and has nothing to lose.
What a drawing can do to the library that draws it (use a picture of pictures of pictures, ask for a canvas of
kilometres) ends with this process: it has so much time and memory, and writes no file.
"""

from __future__ import annotations

import io
import sys

QUALITIES = 84, 76, 68, 60, 52, 44, 36
JPEG_BYTES = 24_000
SHARP = 144.0  # dots an inch: twice what is shown

_PAGE = b"""#set page(width: auto, height: auto, margin: 0pt, fill: none)
#image(bytes(sys.inputs.svg), format: "svg", height: %dpt, width: auto)
"""


def main(points: int = 48, kind: str = "png") -> None:
    """Read, draw, write."""
    import typst

    svg = sys.stdin.buffer.read().decode()
    picture = typst.compile(_PAGE % points, sys_inputs={"svg": svg}, format="png", ppi=SHARP)
    sys.stdout.buffer.write(picture if kind == "png" else _as_jpeg(picture))


def _as_jpeg(picture: bytes) -> bytes:
    """The same on white, no heavier than the smallest cut of a picture."""
    from PIL import Image, PngImagePlugin  # noqa: F401  (loaded by name: else all that there are)

    drawn = Image.open(io.BytesIO(picture), formats=("PNG",)).convert("RGBA")
    ground = Image.new("RGB", drawn.size, "white")
    ground.paste(drawn, mask=drawn.getchannel("A"))
    for quality in QUALITIES:
        file = io.BytesIO()
        ground.save(file, "JPEG", quality=quality, progressive=True, optimize=True)
        if len(file.getvalue()) <= JPEG_BYTES:
            break
    return file.getvalue()


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2])
