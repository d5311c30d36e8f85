"""Whatever is brought becomes pictures of one shape, light, without a word of where they were taken."""

from __future__ import annotations

import io
import struct
import zlib
from pathlib import Path

import pytest
from PIL import Image

from booking.pictures import cutting, making
from booking.pictures.facts import Focus, PictureKind
from booking.pictures.making import MadePicture, PictureFault, PictureRefused, make, make_again
from tests.pictures.photos import a_file, a_photo, is_red, noise, opened, with_everything_a_phone_writes


def test_a_photo_is_cut_to_three_sizes_of_one_shape_as_two_kinds_of_file() -> None:
    made = make(a_file(a_photo(3000, 2500)), Focus())
    assert made.widths == (480, 960, 1600)
    assert {(file.width, file.kind) for file in made.files} == {
        (width, kind) for width in made.widths for kind in PictureKind
    }
    for file in made.files:
        picture = opened(file.content)
        assert picture.size == (file.width, file.width * 2 // 3)
        assert picture.format == {PictureKind.AVIF: "AVIF", PictureKind.JPEG: "JPEG"}[file.kind]
    assert max(opened(made.whole).size) == cutting.SIDE


def test_no_file_is_heavier_than_a_phone_should_load() -> None:
    made = make(a_file(noise(2400, 1600), quality=90), Focus())
    assert made.widths == (480, 960, 1600)
    for file in made.files:
        assert len(file.content) <= cutting.SIZES[file.width], (file.width, file.kind)
    assert len(made.whole) <= cutting.WHOLE_BYTES
    assert cutting.SIZES[1600] <= 120_000


def test_nothing_that_the_camera_wrote_is_kept() -> None:
    brought = with_everything_a_phone_writes(a_photo())
    assert b"Nordmann" in brought and b"was here" in brought
    made = make(brought, Focus())
    for content in (made.whole, *(file.content for file in made.files)):
        assert b"Nordmann" not in content and b"was here" not in content and b"Exif" not in content
        picture = opened(content)
        assert not picture.getexif() and "icc_profile" not in picture.info and "comment" not in picture.info


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_photo_stands_as_it_was_taken_however_the_camera_was_held(orientation: int) -> None:
    upright = a_photo(900, 720)
    undone = {1: None, 2: 0, 3: 3, 4: 1, 5: 5, 6: 2, 7: 6, 8: 4}[orientation]
    held = upright if undone is None else upright.transpose(Image.Transpose(undone))
    made = make(with_everything_a_phone_writes(held, orientation), Focus())
    whole = opened(made.whole)
    assert whole.size == (900, 720)
    assert [is_red(whole, *spot) for spot in ((0.2, 0.2), (0.8, 0.2), (0.2, 0.8), (0.8, 0.8))] == [
        True, False, False, False,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("across", "down", "red"), [(0, 0, True), (100, 0, False), (0, 100, False), (50, 50, False), (20, 10, True)]
)
def test_the_cut_keeps_the_focal_point_in_sight(across: int, down: int, red: bool) -> None:
    photo = Image.new("RGB", (3000, 3000), "#336699")
    photo.paste("#dd2222", (0, 0, 1000, 800))
    photo = photo.resize((3000, 2600)) if red else photo
    smallest = opened(make(a_file(photo), Focus(across, down)).files[0].content)
    assert is_red(smallest, 0.1, 0.2) is (down < 40)
    wide = Image.new("RGB", (3000, 1000), "#336699")
    wide.paste("#dd2222", (0, 0, 900, 1000))
    assert is_red(opened(make(a_file(wide), Focus(across, down)).files[0].content), 0.1, 0.5) is (across < 50)


def test_another_focal_point_does_not_wear_down_what_is_kept() -> None:
    made = make(a_file(a_photo(1200, 1200)), Focus(50, 0))
    again = make_again(made.whole, Focus(50, 100))
    assert again.whole == made.whole
    assert again.files[0].content != made.files[0].content


def sixteen_bits() -> bytes:
    """A PNG of sixteen bits a pixel, half of it bright: Pillow writes none in this shape from a photo."""
    grey = Image.new("I;16", (900, 600), 60000)
    return a_file(grey, "PNG")


def seen_through() -> bytes:
    palette = a_photo(900, 600).convert("P", palette=Image.Palette.ADAPTIVE)
    spot = palette.getpixel((10, 10))
    return a_file(palette, "PNG", transparency=spot)


def animated(encoding: str) -> bytes:
    frames = [a_photo(900, 600), Image.new("RGB", (900, 600), "#00ff00")]
    return a_file(frames[0], encoding, save_all=True, append_images=frames[1:], duration=100)


GOOD = {
    "in printers' colours": (a_file(a_photo(900, 600).convert("CMYK")), (200, 40, 40)),
    "with sixteen bits": (sixteen_bits(), (234, 234, 234)),
    "grey": (a_file(Image.new("L", (900, 600), 100)), (100, 100, 100)),
    "of two colours": (a_file(Image.new("1", (900, 600), 1), "PNG"), (255, 255, 255)),
    "with a palette that one can see through": (seen_through(), (255, 255, 255)),
    "half seen through": (a_file(Image.new("RGBA", (900, 600), (0, 0, 0, 128)), "PNG"), (127, 127, 127)),
    "as WebP that moves": (animated("WEBP"), (221, 34, 34)),
    "as PNG that moves": (animated("PNG"), (221, 34, 34)),
    "as AVIF": (a_file(a_photo(900, 600), "AVIF"), (221, 34, 34)),
    "with a profile that is none": (a_file(a_photo(900, 600), icc_profile=b"x" * 200), (221, 34, 34)),
    "with marks that are broken": (a_file(a_photo(900, 600), exif=b"Exif\0\0MM\0*broken"), (221, 34, 34)),
}


@pytest.mark.parametrize(("content", "colour"), GOOD.values(), ids=GOOD)
def test_a_picture(content: bytes, colour: tuple[int, int, int]) -> None:
    """Is shown as it looks, on white where one sees through; of one that moves, the beginning."""
    made = make(content, Focus())
    assert made.widths == (480,)
    spot = opened(made.files[1].content).convert("RGB").getpixel((60, 60))
    assert isinstance(spot, tuple)
    assert all(abs(is_now - was) < 30 for is_now, was in zip(spot, colour, strict=True)), spot


def a_bomb() -> bytes:
    """A PNG of some hundred bytes that says it is 60,000 pixels a side."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(b"\0" * 10_000)) + chunk(b"IEND", b"")


PHOTO = a_file(a_photo(900, 600), quality=95)
BAD = {
    "nothing": (b"", PictureFault.NO_PICTURE),
    "a text called photo.jpg": (b"Dear Kari, here are the pictures\n" * 40, PictureFault.NO_PICTURE),
    "a drawing": (b'<svg xmlns="http://www.w3.org/2000/svg"><script>x()</script></svg>', PictureFault.NO_PICTURE),
    "a GIF": (a_file(a_photo(900, 600), "GIF"), PictureFault.NO_PICTURE),
    "a TIFF": (a_file(a_photo(900, 600), "TIFF"), PictureFault.NO_PICTURE),
    "a page that begins like a photo": (b"\xff\xd8\xff\xe0<script>alert(1)</script>", PictureFault.NO_PICTURE),
    "half a photo": (PHOTO[: len(PHOTO) // 2], PictureFault.BROKEN),
    "a bomb": (a_bomb(), PictureFault.TOO_MANY_PIXELS),
    "more pixels than any camera": (a_file(Image.new("1", (10_000, 6_000)), "PNG"), PictureFault.TOO_MANY_PIXELS),
    "a stamp": (a_file(a_photo(400, 300)), PictureFault.TOO_SMALL),
    "a strip": (a_file(a_photo(3000, 200)), PictureFault.TOO_SMALL),
    "too many bytes": (b"\xff\xd8\xff" + bytes(making.LARGEST), PictureFault.TOO_LARGE),
}


@pytest.mark.parametrize(("content", "fault"), BAD.values(), ids=BAD)
def test_what_cannot_be_shown_is_refused(content: bytes, fault: PictureFault) -> None:
    with pytest.raises(PictureRefused) as refused:
        make(content, Focus())
    assert refused.value.fault is fault


MISBEHAVING = {
    "is killed": "import os; os.kill(os.getpid(), 9)",
    "sleeps": "import time; time.sleep(60)",
    "says nothing": "",
    "says too much": f"import sys; sys.stdout.buffer.write(bytes({making.LARGEST_MADE} + 1))",
}


@pytest.mark.parametrize("does", MISBEHAVING.values(), ids=MISBEHAVING)
def test_a_process_that_cuts_and(does: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Breaks nobody, and the next picture is cut."""
    stand_in = tmp_path / "cutting.py"
    stand_in.write_text(does)
    with monkeypatch.context() as meanwhile:
        meanwhile.setattr(making, "CUTTING", stand_in)
        meanwhile.setattr(making, "TAKES", 2)
        with pytest.raises(PictureRefused) as refused:
            make(PHOTO, Focus())
    assert refused.value.fault is PictureFault.TOO_HARD
    assert isinstance(make(PHOTO, Focus()), MadePicture)


def test_the_same_picture_is_cut_to_the_same_bytes() -> None:
    brought = a_file(a_photo(1000, 800))
    assert make(brought, Focus()) == make(io.BytesIO(brought).getvalue(), Focus())
