"""A long list as a file, written by the worker in steps and kept for a day in the instance folder.

Web and worker must share that folder. A step that is done again after a crash writes the same part again.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path

from flask_babel import force_locale

from booking.centre.facts import the_centre
from booking.centre.wording import LOCALES
from booking.exports.sources import BATCH, SOURCES
from booking.kernel import clock
from booking.kernel.database import end_reading
from booking.outbox.long_work import Progress, Work, WorkState
from booking.payments.providers import tills
from booking.sheets.files import BOM, FileManner, Format, csv_rows, write_xlsx
from booking.sheets.sheet import Cell, Row, Sheet

KIND = "export."  # what the kinds of such work begin with; the list's name follows
KEPT = timedelta(days=1)


def folder() -> Path:
    """Where the files are kept, out of reach for anybody but the application itself."""
    place = tills.settings.instance_dir / "exports"
    place.mkdir(mode=0o700, parents=True, exist_ok=True)
    return place


def write_part(work: Work) -> Progress:
    """One step: the next rows as a part of the file; after the last one the parts are put together."""
    about, source, place = work.about, SOURCES[work.kind.removeprefix(KIND)], folder()
    lang, form = str(about["lang"]), Format(about["format"])
    manner = FileManner(lang, the_centre().zone)
    with force_locale(LOCALES.get(lang, "en_GB")):
        columns, title = source.columns(), source.title()
        rows, after = source.batch(about["filters"], work.outcome.get("after"), BATCH, lang)
        end_reading()
        part = csv_rows(rows, columns, manner) if form is Format.CSV else _as_lines(rows)
        _write(_part(place, work.id, work.cursor), part)
        done = work.done + len(rows) if work.cursor else len(rows)
        if after is not None:
            return Progress(work.cursor + 1, done, max(done, work.total), {"after": after})
        parts = [_part(place, work.id, number) for number in range(work.cursor + 1)]
        path = path_of(work.id, form)
        if form is Format.CSV:
            head = BOM.encode() + csv_rows([tuple(column.title for column in columns)], (), manner)
            with path.with_suffix(".whole").open("wb") as out:
                out.write(head)
                for part_path in parts:
                    out.write(part_path.read_bytes())
            path.with_suffix(".whole").replace(path)
        else:
            write_xlsx(Sheet(title, columns, _from_lines(parts)), manner, path)
        _stamp(path)
    return Progress(None, done, done, {"rows": done, "format": form.value})


def path_of(work_id: int, form: Format) -> Path:
    """Where the file of a piece of work is, or would be."""
    return folder() / f"{work_id}.{form}"


def finished(work: Work, now: datetime) -> Path | None:
    """The file that a piece of work has written; None while it is not there, or no longer."""
    if not work.kind.startswith(KIND) or work.state is not WorkState.DONE or work.ended_at is None:
        return None
    path = path_of(work.id, Format(work.about["format"]))
    return path if now - work.ended_at < KEPT and path.is_file() else None


def old_files(before: datetime) -> list[Path]:
    """The files written before that."""
    return [file for file in folder().iterdir() if file.stat().st_mtime < before.timestamp()]


def delete_files(files: Sequence[Path]) -> None:
    """Delete them."""
    for file in files:
        file.unlink(missing_ok=True)


def forget(now: datetime) -> int:
    """Delete the files whose day is over; returns how many."""
    old = old_files(now - KEPT)
    delete_files(old)
    return len(old)


def at_once(sheet: Sheet, manner: FileManner) -> bytes:
    """A short sheet as an Excel file."""
    path = folder() / f"once-{clock.now().timestamp()}-{id(sheet)}.xlsx"
    try:
        write_xlsx(sheet, manner, path)
        return path.read_bytes()
    finally:
        path.unlink(missing_ok=True)


def _part(place: Path, work_id: int, number: int) -> Path:
    return place / f"{work_id}.{number}.part"


def _write(path: Path, content: bytes) -> None:
    fresh = path.with_suffix(".fresh")
    fresh.write_bytes(content)
    fresh.replace(path)
    _stamp(path)


def _stamp(path: Path) -> None:
    """Say when it was written by our own clock, by which `forget` asks how old it is."""
    now = clock.now().timestamp()
    os.utime(path, (now, now))


def _as_lines(rows: list[Row]) -> bytes:
    return "".join(json.dumps([_packed(cell) for cell in row]) + "\n" for row in rows).encode()


def _packed(cell: Cell) -> object:
    return {"at": cell.isoformat()} if isinstance(cell, date) else cell


def _from_lines(parts: list[Path]) -> Iterator[Row]:
    for part in parts:
        with part.open(encoding="utf-8") as lines:
            for line in lines:
                yield [
                    datetime.fromisoformat(load["at"]) if isinstance(load, dict) else load for load in json.loads(line)
                ]
