"""A folder that another program fetches from: files come into it whole or not at all.

What is fetched is taken away, and counts as delivered then. Who refuses a document puts `NUMBER.refused` there, a text
that says why.
"""

from __future__ import annotations

import os
from pathlib import Path

from booking.invoicing.document import PeppolId
from booking.invoicing.sending.transport import (
    AnswerLost,
    AskLater,
    CannotFind,
    Parcel,
    TransportStatus,
    Whereabouts,
)
from booking.kernel import clock

BEGUN = ".begun"
LONGEST_WHY = 500


class FolderTransport:
    """One folder. The XML comes last: whoever finds it finds the PDF too."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def can_receive(self, address: PeppolId) -> bool | None:
        """Whoever fetches it decides."""
        return True

    def send(self, parcel: Parcel) -> str:
        """Write the files under other names, to the disk, and then give them their names."""
        try:
            (self.folder / BEGUN).mkdir(mode=0o700, parents=True, exist_ok=True)
            parts = [(self._part(name, content), name) for name, content in _files(parcel)]
            _write(self.folder / BEGUN / parcel.key, b"")  # from here on: it may have been there, and fetched
            self._refused(_last(parcel)).unlink(missing_ok=True)
            for part, name in parts[:-1]:
                part.replace(self.folder / name)
        except OSError as error:
            raise AskLater(f"folder: {type(error).__name__}") from error
        self._give(parts[-1][0], _last(parcel))
        return _last(parcel)

    def find(self, parcel: Parcel) -> str | None:
        """It is there; or it was not begun; or it was begun and is not there, and nobody can tell."""
        if (self.folder / _last(parcel)).is_file():
            return _last(parcel)
        # Without the folder of marks this is another disk, or none: what was begun is marked elsewhere.
        if (self.folder / BEGUN / parcel.key).exists() or not (self.folder / BEGUN).is_dir():
            raise CannotFind
        return None

    def look(self, ref: str) -> TransportStatus:
        """See the module."""
        refused = self._refused(ref)
        if refused.is_file():
            with refused.open(encoding="utf-8", errors="replace") as told:
                return TransportStatus(Whereabouts.REFUSED, told.read(LONGEST_WHY).strip())
        if (self.folder / ref).exists():
            return TransportStatus(Whereabouts.WAITING)
        if not (self.folder / BEGUN).is_dir():
            raise AskLater("folder: not there, or another")
        return TransportStatus(Whereabouts.DELIVERED, delivered_at=clock.now())

    def _give(self, part: Path, name: str) -> None:
        """The last name. Once it may be there it may be fetched, so that what fails from here on is an answer lost."""
        try:
            part.replace(self.folder / name)
            _to_the_disk(self.folder)
        except OSError as error:
            if _is_still(part):
                raise AskLater(f"folder: {type(error).__name__}") from error
            raise AnswerLost(f"folder: {type(error).__name__}") from error

    def _refused(self, ref: str) -> Path:
        return self.folder / f"{ref.rpartition('.')[0]}.refused"

    def _part(self, name: str, content: bytes) -> Path:
        part = self.folder / f".{name}.part"
        _write(part, content)
        return part


def _files(parcel: Parcel) -> list[tuple[str, bytes]]:
    files = ((f"{parcel.name}.pdf", parcel.pdf), (f"{parcel.name}.xml", parcel.xml))
    return [(name, content) for name, content in files if content is not None]


def _last(parcel: Parcel) -> str:
    return f"{parcel.name}.xml" if parcel.xml is not None else f"{parcel.name}.pdf"


def _is_still(part: Path) -> bool:
    try:
        return part.exists()
    except OSError:
        return False


def _write(file: Path, content: bytes) -> None:
    with file.open("wb") as out:
        out.write(content)
        out.flush()
        os.fsync(out.fileno())
    _to_the_disk(file.parent)


def _to_the_disk(folder: Path) -> None:
    """A name is kept only when its folder is."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
