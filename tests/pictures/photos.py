"""Pictures as cameras, painters and mischief make them."""

from __future__ import annotations

import io

from PIL import Image, ImageCms


def a_photo(width: int = 1800, height: int = 1200, colour: str = "#336699") -> Image.Image:
    """Something with a left and a right, a top and a bottom: its upper left quarter is red."""
    photo = Image.new("RGB", (width, height), colour)
    photo.paste("#dd2222", (0, 0, width // 2, height // 2))
    return photo


def noise(width: int, height: int) -> Image.Image:
    """What no encoder makes small."""
    return Image.merge("RGB", [Image.effect_noise((width, height), 120) for _channel in "RGB"])


def a_file(picture: Image.Image, encoding: str = "JPEG", **more: object) -> bytes:
    """The picture as a file."""
    file = io.BytesIO()
    picture.save(file, encoding, **more)
    return file.getvalue()


def with_everything_a_phone_writes(picture: Image.Image, orientation: int = 1) -> bytes:
    """With the place it was taken at, the owner's name, a comment and a colour profile."""
    exif = Image.Exif()
    exif[0x0112], exif[0x013B] = orientation, "Kari Nordmann"
    exif.get_ifd(0x8825)[2] = (60.0, 23.0, 12.0)
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    return a_file(picture, exif=exif, comment=b"Kari was here", icc_profile=profile)


def opened(content: bytes) -> Image.Image:
    """A file as one looks at it."""
    picture = Image.open(io.BytesIO(content))
    picture.load()
    return picture


def is_red(picture: Image.Image, across: float, down: float) -> bool:
    """Whether the picture is red at this place, both from nought to one."""
    spot = picture.convert("RGB").getpixel((int(picture.width * across), int(picture.height * down)))
    assert isinstance(spot, tuple)
    return spot[0] > 150 and spot[1] < 90 and spot[2] < 90
