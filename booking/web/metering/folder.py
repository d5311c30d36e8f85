"""Where the processes of a server count together: a folder in memory that lives as long as the server.

Each process writes a file of its own there, and whichever is asked adds them up (prometheus-client's multiprocess mode,
which is told by an environment variable before it is loaded). In memory, since a file that is mapped into a process
kills it where the disk is full.
"""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from contextlib import suppress
from pathlib import Path

TOLD_BY = "PROMETHEUS_MULTIPROC_DIR"
IN_MEMORY = Path("/dev/shm")  # noqa: S108  (counts, not data; made by mkdtemp, open to nobody else)
NAME = "bestill-counts-"


def share(parent: Path = IN_MEMORY) -> None:
    """Begin counting together, for this process and all that it forks: at nought. Not after `booking.web` is joined."""
    parent = parent if parent.is_dir() else Path(tempfile.gettempdir())
    _take_away_left(parent)
    owner, folder = os.getpid(), tempfile.mkdtemp(prefix=f"{NAME}{os.getpid()}-", dir=parent)
    os.environ[TOLD_BY] = folder

    def end() -> None:
        if os.getpid() == owner:  # those that it forked end by here too
            shutil.rmtree(folder, ignore_errors=True)

    atexit.register(end)


def shared() -> Path | None:
    """The folder; None where a process counts by itself."""
    folder = os.environ.get(TOLD_BY)
    return Path(folder) if folder else None


def begin_anew() -> None:
    """What was counted before there were visitors is not theirs; before the first process is forked."""
    folder = shared()
    for file in folder.glob("*.db") if folder else ():
        file.unlink()


def forget_process(pid: int) -> None:
    """A process has ended: what it counted stays counted, what it was busy with does not."""
    folder = shared()
    for file in folder.glob(f"gauge_live*_{pid}.db") if folder else ():
        file.unlink(missing_ok=True)


def _take_away_left(parent: Path) -> None:
    """What servers left behind that were killed."""
    for folder in parent.glob(f"{NAME}*-*"):
        pid = folder.name.removeprefix(NAME).partition("-")[0]
        with suppress(OSError):
            if pid and folder.lstat().st_uid == os.getuid() and not Path(f"/proc/{pid}").exists():
                shutil.rmtree(folder, ignore_errors=True)
