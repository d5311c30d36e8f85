"""What we write is for the user we run as and for nobody else, from the first byte: names and addresses are in it."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

UMASK = 0o077
LEAST_SECRET = 32  # letters


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


def is_secret(text: str) -> bool:
    """Whether nobody guesses this: 128 bits in hexadecimal digits, and not one sign again and again."""
    return len(text) >= LEAST_SECRET and len(set(text)) >= 10


def kept_secret(file: Path) -> str:
    """The secret kept in a file that only its owner may read, made at the first start; the same for all who ask."""
    for _ in range(2):
        if file.exists() and len(secret := file.read_text().strip()) >= LEAST_SECRET:
            return secret
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        # Whole or not at all, and never over one that somebody else has just made: a start may be killed half-way.
        part = file.with_name(f".{file.name}.{os.getpid()}.{secrets.token_hex(4)}")
        with open(os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as out:
            out.write(secrets.token_hex(32))
        try:
            os.link(part, file)
        except FileExistsError:
            if len(file.read_text().strip()) < LEAST_SECRET:
                part.replace(file)
        except OSError:  # a file system without links
            part.replace(file)
        finally:
            part.unlink(missing_ok=True)
    return file.read_text().strip()
