"""A revision of this house made ready to run in a folder of its own, so that two can be measured beside each other."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
REQUIREMENTS = "requirements.txt"


@dataclass(frozen=True, slots=True)
class Build:
    """What runs: its name in tables, where its code lies, and the Python that has its packages."""

    name: str
    folder: Path
    python: str


def working_tree() -> Build:
    """The house as it stands here, committed or not."""
    return Build("here", ROOT, sys.executable)


def build(revision: str, scratch: Path) -> Build:
    """Unpack a revision, with packages of its own where it names others than this house does.

    Raises CalledProcessError for a revision that is not known, and where its packages cannot be had.
    """
    folder = scratch / "build"
    folder.mkdir()
    archive = subprocess.run(["git", "archive", revision], cwd=ROOT, check=True, stdout=subprocess.PIPE).stdout
    subprocess.run(["tar", "-x", "-C", str(folder)], input=archive, check=True)
    python = _python_for(folder, scratch)
    for catalogue in sorted(folder.glob("booking/translations/*/LC_MESSAGES/messages.po")):
        compiled = str(catalogue.with_suffix(".mo"))
        command = [python, "-m", "babel.messages.frontend", "-q", "compile", "-i", str(catalogue), "-o", compiled]
        subprocess.run(command, check=True)
    return Build(revision[:12], folder, python)


def _pinned(folder: Path) -> set[str]:
    return {line.split(" ")[0] for line in (folder / REQUIREMENTS).read_text().splitlines() if "==" in line}


def _python_for(folder: Path, scratch: Path) -> str:
    if _pinned(folder) == _pinned(ROOT):
        return sys.executable
    subprocess.run([sys.executable, "-m", "venv", str(scratch / "venv")], check=True)
    python = str(scratch / "venv" / "bin" / "python")
    install = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--require-hashes"]
    subprocess.run([python, *install, "-r", str(folder / REQUIREMENTS)], check=True)
    return python
