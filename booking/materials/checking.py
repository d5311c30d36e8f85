"""From a file that somebody brings to one that may be handed on: looked at apart, by its content, not by its name."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from booking.kernel.outside.apart import NothingCame, ProcessLimits, run_apart
from booking.kernel.refusals import Refusal
from booking.materials.models import MaterialKind

LOOKING = Path(__file__).with_name("looking.py")
LIMITS = ProcessLimits(seconds=15)
TAKES = 25  # seconds by the clock, on a machine that has much else to do
LARGEST = 10_000_000  # bytes of a file that is brought
LARGEST_SAID = 20_000_000  # bytes of a picture that is written anew
LONGEST_NAME = 100

_NOT_IN_NAMES = re.compile(r'[\x00-\x1f\x7f"*:<>?|\\/\u200b-\u200f\u202a-\u202e\u2066-\u2069]+')


class MaterialFault(StrEnum):
    """What is wrong with a file."""

    TOO_LARGE = "too_large"
    UNKNOWN = "unknown"
    OLD_OFFICE = "old_office"
    BROKEN = "broken"
    LOCKED = "locked"
    DOES = "does"
    TOO_MANY_PIXELS = "too_many_pixels"
    TOO_HARD = "too_hard"


class MaterialRefused(Refusal):
    """The file cannot be handed on."""

    def __init__(self, fault: MaterialFault) -> None:
        super().__init__(fault)
        self.fault = fault


@dataclass(frozen=True, slots=True)
class CheckedFile:
    """A file that only shows, with a name that fits what it is."""

    kind: MaterialKind
    name: str
    content: bytes

    @property
    def mark(self) -> str:
        """Another with every change of the content."""
        return hashlib.sha256(self.content).hexdigest()[:16]


def checked(name: str, content: bytes) -> CheckedFile:
    """The file as it will be kept. Raises MaterialRefused. Not inside a unit of work: it takes its time."""
    if len(content) > LARGEST:
        raise MaterialRefused(MaterialFault.TOO_LARGE)
    try:
        answer = run_apart(LOOKING, content, LIMITS, seconds=TAKES, largest=LARGEST_SAID)
    except NothingCame:
        raise MaterialRefused(MaterialFault.TOO_HARD) from None
    head, _line, written = answer.partition(b"\n")
    seen = json.loads(head)
    if "fault" in seen:
        raise MaterialRefused(MaterialFault(seen["fault"]))
    if len(written) > LARGEST:
        raise MaterialRefused(MaterialFault.TOO_LARGE)
    kind = MaterialKind(seen["kind"])
    return CheckedFile(kind, readable_name(name, kind), written or content)


def readable_name(name: str, kind: MaterialKind) -> str:
    """The name as it was given, without a path and without what a name may not hold, ending as its kind does."""
    last = re.split(r"[\\/]", name)[-1]
    stem = re.sub(r"\.(pdf|docx|pptx|png|jpe?g)$", "", last.strip(), flags=re.IGNORECASE)
    stem = " ".join(_NOT_IN_NAMES.sub(" ", stem).split()).strip(" .")[:LONGEST_NAME].strip(" .")
    return f"{stem or 'material'}.{kind}"
