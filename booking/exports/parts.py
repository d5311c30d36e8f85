"""Parts of files in the database: written as often as a step is done, read one after the other, never all in memory."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from datetime import datetime
from typing import BinaryIO

from sqlalchemy import Select, delete, exists, insert, select

from booking.exports.models import ExportPart
from booking.kernel import clock
from booking.kernel.database import db, run, unit_of_work

PIECE = 2**20  # bytes of a file that is put away whole


def put(work_id: int, number: int, content: bytes) -> None:
    """Put a part away, in place of the same of an earlier try. Not inside a unit of work."""
    pressed = zlib.compress(content)
    with unit_of_work():
        run(delete(ExportPart).where(ExportPart.work_id == work_id, ExportPart.number == number))
        values = {"work_id": work_id, "number": number, "content": pressed, "written_at": clock.now()}
        run(insert(ExportPart), values)


def put_file(work_id: int, file: BinaryIO) -> None:
    """Put a whole file away below nought, in place of an earlier try's. Not inside a unit of work."""
    with unit_of_work():
        run(delete(ExportPart).where(ExportPart.work_id == work_id, ExportPart.number < 0))
    number = -1
    while piece := file.read(PIECE):
        put(work_id, number, piece)
        number -= 1


def rows(work_id: int) -> Iterator[bytes]:
    """What the steps wrote, in their order."""
    return _each(work_id, range(2**31))


def file(work_id: int) -> Iterator[bytes]:
    """The file that was put away whole."""
    return _each(work_id, range(-1, -(2**31), -1))


def is_there(work_id: int) -> bool:
    """Whether anything of it is kept."""
    return bool(db.session.scalar(select(exists().where(ExportPart.work_id == work_id))))


def older_than(before: datetime) -> Select[int]:
    """The parts written before that."""
    return select(ExportPart.id).where(ExportPart.written_at < before)


def _each(work_id: int, numbers: range) -> Iterator[bytes]:
    """Until one is missing; between two the connection goes back, since whoever fetches may be slow."""
    for number in numbers:
        part = select(ExportPart.content).where(ExportPart.work_id == work_id, ExportPart.number == number)
        pressed = db.session.scalar(part)
        db.session.rollback()
        if pressed is None:
            return
        yield zlib.decompress(pressed)
