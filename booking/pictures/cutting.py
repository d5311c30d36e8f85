"""Make a picture fit to be shown, as a process of its own: `cutting.py 50 33 < photo.jpg > files`, within limits.

Started by `making.py` and by nobody else; imports nothing of ours. What comes out is made anew from the pixels alone:
turned as the camera said, in sRGB, on white where one could see through, without a word of what the camera wrote down
(where, when, by whom). First one line of JSON, then the files it names, one after the other.

Every size is three to two, cut around the focal point. One shape for all places keeps a page still while pictures come,
lets a drawn motif stand wherever a picture is missing, and needs no style of its own for each picture, which the
Content-Security-Policy would refuse. Each file has a limit of bytes, so that no page gets heavy: the quality goes down
until it is met, and what is all noise is blurred a little at last.
"""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Sequence
from typing import Any

from PIL import AvifImagePlugin, Image, ImageCms, ImageFilter, ImageOps, WebPImagePlugin

PLUGINS = AvifImagePlugin, WebPImagePlugin  # loaded by name: else all that there are, one by one
FORMATS = ("JPEG", "PNG", "WEBP", "AVIF")
MOST_PIXELS = 50_000_000
SIDE = 2400  # pixels of what is kept whole
SHAPE = 3, 2
# Widths, and the most bytes of a file: a phone gets one of the first two, or the third if it is a very sharp one.
SIZES = {480: 24_000, 960: 60_000, 1600: 110_000}
WHOLE_BYTES = 3_000_000
QUALITIES = {"JPEG": (82, 74, 66, 56, 46, 36, 26, 16, 8), "AVIF": (62, 54, 46, 38, 30, 22, 14, 6)}
HOW: dict[str, dict[str, Any]] = {
    "JPEG": {"progressive": True, "optimize": True},
    "AVIF": {"speed": 8, "max_threads": 1},  # half the time of the usual 6, and hardly a byte more
}
FILES = {"AVIF": "avif", "JPEG": "jpg"}
ORIENTATION = 0x0112
TURNED_BY_A_QUARTER = (5, 6, 7, 8)


class Unshowable(Exception):
    """The picture cannot be taken; the text is the fault by name."""


def main() -> None:
    """Read, cut, write. What is wrong is said in the first line too."""
    across, down = (int(number) for number in sys.argv[1:3])
    try:
        files = cut(sys.stdin.buffer.read(), across, down)
        head: dict[str, object] = {"files": [[width, kind, len(content)] for width, kind, content in files]}
    except Unshowable as unfit:
        files, head = [], {"fault": str(unfit)}
    sys.stdout.buffer.write(b"".join([json.dumps(head).encode(), b"\n", *(content for *_, content in files)]))


def cut(content: bytes, across: int, down: int) -> list[tuple[int, str, bytes]]:
    """The whole picture (width 0) and its files: width, kind, bytes. Raises Unshowable."""
    picture = upright(content)
    whole = within(picture, "JPEG", WHOLE_BYTES)
    shaped = three_to_two(picture, across, down)
    files = [(0, FILES["JPEG"], whole)]
    for width, most in SIZES.items():
        if width <= shaped.width:
            size = shaped.resize((width, width * SHAPE[1] // SHAPE[0]), Image.Resampling.LANCZOS, reducing_gap=3.0)
            files += [(width, name, within(size, encoding, most)) for encoding, name in FILES.items()]
    return files


def upright(content: bytes) -> Image.Image:
    """The picture as it is to be seen, in RGB, small enough to be kept. Raises Unshowable."""
    try:
        picture = Image.open(io.BytesIO(content), formats=FORMATS)
    except Image.DecompressionBombError:
        raise Unshowable("too_many_pixels") from None
    except Exception:
        raise Unshowable("no_picture") from None
    if picture.width * picture.height > MOST_PIXELS:
        raise Unshowable("too_many_pixels")
    try:
        turn = _orientation(picture)
        profile = picture.info.get("icc_profile")
        share = min(1.0, SIDE / max(picture.size))
        picture.draft(None, (int(picture.width * share), int(picture.height * share)))  # a JPEG is read smaller at once
        picture.load()
        flat = _in_srgb(_opaque(picture), profile)
        flat.thumbnail((SIDE, SIDE), Image.Resampling.LANCZOS, reducing_gap=3.0)
        flat.info = {}
        flat.getexif()[ORIENTATION] = turn
        flat = ImageOps.exif_transpose(flat)
    except MemoryError:
        raise Unshowable("too_many_pixels") from None
    except Exception:
        raise Unshowable("broken") from None
    clean = Image.new("RGB", flat.size)
    clean.paste(flat)
    return clean


def _orientation(picture: Image.Image) -> int:
    """How the camera was held (1: upright); what cannot be read says nothing."""
    try:
        turn = int(picture.getexif().get(ORIENTATION, 1))
    except Exception:
        return 1
    return turn if 1 <= turn <= 8 else 1


def _opaque(picture: Image.Image) -> Image.Image:
    """Eight bits a colour, on white where one can see through."""
    if picture.mode.startswith("I"):
        return picture.point(lambda value: value * (1 / 256)).convert("L")
    if not picture.has_transparency_data:
        return picture.convert("RGB") if picture.mode in ("P", "1") else picture
    seen_through = picture.convert("RGBA")
    ground = Image.new("RGB", picture.size, "white")
    ground.paste(seen_through, mask=seen_through.getchannel("A"))
    return ground


def _in_srgb(picture: Image.Image, profile: bytes | None) -> Image.Image:
    """In the colours that every screen knows; a profile that does not fit is as if there were none."""
    if profile:
        try:
            source, screen = ImageCms.ImageCmsProfile(io.BytesIO(profile)), ImageCms.createProfile("sRGB")
            converted = ImageCms.profileToProfile(picture, source, screen, outputMode="RGB")
        except (ImageCms.PyCMSError, OSError, ValueError):
            converted = None
        if converted is not None:
            return converted
    return picture if picture.mode == "RGB" else picture.convert("RGB")


def three_to_two(picture: Image.Image, across: int, down: int) -> Image.Image:
    """The largest part of that shape around the focal point. Raises Unshowable where that is too small."""
    wide, high = SHAPE
    width = min(picture.width, picture.height * wide // high)
    height = width * high // wide
    if width < min(SIZES):
        raise Unshowable("too_small")
    left = _beginning(picture.width, width, across)
    top = _beginning(picture.height, height, down)
    return picture.crop((left, top, left + width, top + height))


def _beginning(whole: int, part: int, hundredths: int) -> int:
    """Where a part begins whose middle comes as near to the point as the edges allow."""
    return max(0, min(whole - part, whole * hundredths // 100 - part // 2))


def within(picture: Image.Image, encoding: str, most: int) -> bytes:
    """The file of the best quality that is no larger than this."""
    for quality in _worth_trying(picture, encoding, most):
        written = _written(picture, encoding, quality)
        if len(written) <= most:
            return written
    blurred = picture.filter(ImageFilter.GaussianBlur(picture.width / 300))
    return _written(blurred, encoding, QUALITIES[encoding][-1])


def _worth_trying(picture: Image.Image, encoding: str, most: int) -> Sequence[int]:
    """The qualities from the first that a look at a quarter of the picture does not rule out."""
    qualities = QUALITIES[encoding]
    middle = picture.crop((picture.width // 4, picture.height // 4, picture.width * 3 // 4, picture.height * 3 // 4))
    for place, quality in enumerate(qualities):
        if len(_written(middle, encoding, quality)) <= most * 2 // 3:
            return qualities[place:]
    return qualities[-1:]


def _written(picture: Image.Image, encoding: str, quality: int) -> bytes:
    file = io.BytesIO()
    picture.save(file, encoding, quality=quality, **HOW[encoding])
    return file.getvalue()


if __name__ == "__main__":
    main()
