"""What is done with files that somebody has brought, as a process of its own: whatever they do to a library ends there.

A program that is run so imports nothing of ours, so that it starts fast and has nothing to lose: no settings, no
environment, no database. It is given so much processor and memory and writes no file (`within.py`); we wait so long by
the clock.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

WITHIN = Path(__file__).with_name("within.py")


@dataclass(frozen=True, slots=True)
class ProcessLimits:
    """Seconds of processor, and bytes of address space."""

    seconds: int
    memory: int = 1 << 30


class NothingCame(Exception):
    """The program was killed, took too long, gave up, or said more than it may."""


class TookTooLong(NothingCame):
    """It was waited for as long as said, or could not be started: another time it may be done."""


def run_apart(
    program: Path, content: bytes, limits: ProcessLimits, *, seconds: float, largest: int, arguments: Sequence[str] = ()
) -> bytes:
    """What the program makes of the content, waited for so many seconds by the clock.

    Raises NothingCame, TookTooLong. Not inside a unit of work.
    """
    own = (str(limits.seconds), str(limits.memory), str(program))
    command = [sys.executable, "-I", str(WITHIN), *own, *arguments]
    try:
        done = subprocess.run(command, input=content, capture_output=True, timeout=seconds, check=False, env={})
    except (subprocess.TimeoutExpired, OSError):
        raise TookTooLong from None
    if done.returncode or not 0 < len(done.stdout) <= largest:
        raise NothingCame
    return done.stdout
