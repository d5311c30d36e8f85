"""What a drill answers: how it went, or what this machine lacks."""

from __future__ import annotations

from dataclasses import dataclass


class Skipped(Exception):
    """This machine lacks what the drill takes; the words say what."""


@dataclass(frozen=True)
class Outcome:
    """How one went: seconds until a ticket was sold again, and what is not as it was acknowledged."""

    seconds: float
    sold: int
    faults: list[str]
