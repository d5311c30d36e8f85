"""What we write is for the user we run as and for nobody else, from the first byte: names and addresses are in it."""

from __future__ import annotations

import os
from pathlib import Path

UMASK = 0o077


def keep_private(instance: Path, database: Path | None) -> None:
    """Let every file of this process be its owner's alone, and close what an earlier version left open.

    What belongs to somebody else is left as it is.
    """
    os.umask(UMASK)
    instance.mkdir(parents=True, exist_ok=True)
    folders = [instance, instance / "mail"]
    files = [file for folder in folders[1:] if folder.is_dir() for file in folder.iterdir()]
    files.append(instance / "secret_key")
    if database is not None:
        files += [database.with_name(database.name + tail) for tail in ("", "-wal", "-shm", "-journal")]
    for path in (*folders, *files):
        _close(path)


def _close(path: Path) -> None:
    try:
        mode = path.stat().st_mode & 0o777
        if mode & UMASK:
            path.chmod(mode & ~UMASK)
    except OSError:
        pass  # not there, or not ours
