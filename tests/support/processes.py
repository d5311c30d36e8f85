"""What runs on this machine, as the kernel tells it."""

from __future__ import annotations

import os
import shutil
import signal
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path


def children(pid: int) -> dict[int, str]:
    """The processes that a process has started, by number, with their state."""
    processes: dict[int, str] = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            stat = (folder / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(stat[1]) == pid:
            processes[int(folder.name)] = stat[0]
    return processes


def installed(program: str) -> str | None:
    """Where a program is, also one that Debian keeps for administrators; None where it is not."""
    return shutil.which(program, path=os.pathsep.join((os.environ.get("PATH", ""), "/usr/sbin")))


def send(how: signal.Signals, pids: Iterable[int]) -> None:
    """To each of them; who has ended since they were counted is gone, which is no fault."""
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, how)
