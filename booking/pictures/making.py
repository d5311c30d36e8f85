"""From a file that somebody brings to all the files that are shown, without trusting it for a moment.

It takes about a second for a camera's picture, most of it the encoding, and happens while the form is sent, as the
upload itself does: an administrator changes a picture a few times a year and wants to see what has become of it. It is
not inside a unit of work; one picture at a time, so that two do not fill the memory; other pages go on meanwhile.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from threading import Lock

from booking.kernel.outside.apart import NothingCame, ProcessLimits, run_apart
from booking.kernel.refusals import Refusal
from booking.pictures.facts import Focus, PictureKind

CUTTING = Path(__file__).with_name("cutting.py")
LIMITS = ProcessLimits(seconds=20)  # a camera's picture takes about one
TAKES = 25  # seconds by the clock, on a machine that has much else to do
LARGEST = 20_000_000  # bytes of a file that is brought
LARGEST_MADE = 8_000_000  # bytes of all that is made of it

_turn = Lock()


class PictureFault(StrEnum):
    """What is wrong with a file that should be a picture."""

    TOO_LARGE = "too_large"
    NO_PICTURE = "no_picture"
    BROKEN = "broken"
    TOO_MANY_PIXELS = "too_many_pixels"
    TOO_SMALL = "too_small"
    TOO_HARD = "too_hard"
    BUSY = "busy"


class PictureRefused(Refusal):
    """The file cannot be shown as a picture."""

    def __init__(self, fault: PictureFault) -> None:
        super().__init__(fault)
        self.fault = fault


@dataclass(frozen=True, slots=True)
class MadeFile:
    """One size as one kind of file."""

    width: int
    kind: PictureKind
    content: bytes


@dataclass(frozen=True, slots=True)
class MadePicture:
    """A picture and all that is cut from it."""

    whole: bytes
    focus: Focus
    files: tuple[MadeFile, ...]

    @property
    def widths(self) -> tuple[int, ...]:
        """The widths that there are, the smallest first."""
        return tuple(sorted({file.width for file in self.files}))


def make(content: bytes, focus: Focus) -> MadePicture:
    """All files of a picture. Raises PictureRefused."""
    if len(content) > LARGEST:
        raise PictureRefused(PictureFault.TOO_LARGE)
    if not _turn.acquire(timeout=TAKES):
        raise PictureRefused(PictureFault.BUSY)
    try:
        arguments = (str(focus.across), str(focus.down))
        made = run_apart(CUTTING, content, LIMITS, seconds=TAKES, largest=LARGEST_MADE, arguments=arguments)
    except NothingCame:
        raise PictureRefused(PictureFault.TOO_HARD) from None
    finally:
        _turn.release()
    head, _line, rest = made.partition(b"\n")
    named = json.loads(head)
    if "fault" in named:
        raise PictureRefused(PictureFault(named["fault"]))
    return _read(named["files"], rest, focus)


def make_again(whole: bytes, focus: Focus) -> MadePicture:
    """The files of a picture that we keep, cut around another point; it is not written anew, which would wear it down.

    Raises PictureRefused.
    """
    return replace(make(whole, focus), whole=whole)


def _read(named: list[tuple[int, str, int]], rest: bytes, focus: Focus) -> MadePicture:
    files, place = [], 0
    for width, kind, length in named:
        files.append(MadeFile(width, PictureKind(kind), rest[place : place + length]))
        place += length
    return MadePicture(files[0].content, focus, tuple(files[1:]))
