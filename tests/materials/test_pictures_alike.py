"""A picture brought as material looks as it does where one is brought to be shown: they are written anew twice."""

from __future__ import annotations

import io

import pytest
from PIL import Image, ImageCms

from booking.materials import looking
from booking.pictures import cutting
from tests.pictures.photos import a_file, a_photo

SIZE = 600, 400
PROFILE = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
# Of a screen whose red is our green.
TURNED = PROFILE.replace(b"rXYZ", b"last").replace(b"gXYZ", b"rXYZ").replace(b"last", b"gXYZ")
PHOTO = a_photo(*SIZE)


def half_seen_through() -> Image.Image:
    picture = PHOTO.convert("RGBA")
    picture.paste((0, 0, 0, 0), (300, 0, 600, 200))
    return picture


PICTURES = {
    "a photo": (a_file(PHOTO), (221, 34, 34)),
    "of sixteen bits": (a_file(Image.new("I;16", SIZE, 30000), "PNG"), (117, 117, 117)),
    "of another screen": (a_file(PHOTO, icc_profile=TURNED), (34, 221, 34)),
    "of another screen as PNG": (a_file(PHOTO, "PNG", icc_profile=TURNED), (34, 221, 34)),
    "seen through, of another screen": (a_file(half_seen_through(), "PNG", icc_profile=TURNED), (34, 221, 34)),
    "of a printer": (a_file(PHOTO.convert("CMYK")), (221, 34, 34)),
    "grey and seen through": (a_file(half_seen_through().convert("LA"), "PNG"), (90, 90, 90)),
    "of few colours": (a_file(PHOTO.quantize(8), "PNG"), (221, 34, 34)),
    "with a profile that is none": (a_file(PHOTO, icc_profile=b"x" * 200), (221, 34, 34)),
}


@pytest.mark.parametrize(("content", "colour"), PICTURES.values(), ids=PICTURES)
def test_a_picture(content: bytes, colour: tuple[int, int, int]) -> None:
    """Has the colours that it has where it is shown, with what one sees through on white."""
    material = Image.open(io.BytesIO(looking.written_anew(content)[1])).convert("RGBA")
    on_white = Image.new("RGB", material.size, "white")
    on_white.paste(material, mask=material.getchannel("A"))
    shown = cutting.upright(content)
    assert on_white.size == shown.size == SIZE
    for spot in ((100, 100), (500, 100), (100, 300)):
        ours, theirs = on_white.getpixel(spot), shown.getpixel(spot)
        assert isinstance(ours, tuple) and isinstance(theirs, tuple)
        assert all(abs(here - there) < 12 for here, there in zip(ours, theirs, strict=True)), spot
    seen = on_white.getpixel((100, 100))
    assert isinstance(seen, tuple)
    assert all(abs(is_now - was) < 30 for is_now, was in zip(seen, colour, strict=True)), seen
