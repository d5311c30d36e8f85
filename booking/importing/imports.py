"""The one shape of all imports: a table is checked whole, its effect foreseen, then its rows are taken in."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from booking.importing.cells import CellFault, Reader, WrongCell
from booking.kernel import typed

# A row that is right: what its cells stand for, by column; plain values that fit into JSON.
Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Mistake:
    """One cell that is wrong; the first row below the heads is row 2, as a spreadsheet counts."""

    row: int
    column: str
    fault: CellFault
    cell: str = ""


@dataclass(slots=True)
class CheckedTable:
    """What a table holds: rows that can be taken in, and every mistake."""

    rows: list[Row] = field(default_factory=list)
    mistakes: list[Mistake] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Outlook:
    """What taking the rows in would do."""

    adds: int
    changes: int
    leaves: int


@dataclass(frozen=True, slots=True)
class Import:
    """One kind of rows. `columns` are the heads, those in `needed` must be there; both for the centre's languages.

    `reader` knows how the columns are read that a table has; `key` says what no two rows may share. `outlook` reads
    what is there; `take` writes some rows in units of work of its own (rows, id of the long work, who does it), and
    counts what it did: "made", "changed", "there_already" and the like. Taken in twice is taken in once.
    """

    columns: Callable[[Sequence[str]], list[str]]
    needed: Callable[[Sequence[str]], list[str]]
    reader: Callable[[Collection[str]], Reader]
    key: Callable[[Row], object]
    outlook: Callable[[Sequence[Row]], Outlook]
    take: Callable[[Sequence[Row], int, str], Counter[str]]


def check(table: Sequence[Sequence[str]], kind: Import, languages: Sequence[str]) -> CheckedTable:
    """Read a table and find every mistake; changes nothing."""
    checked = CheckedTable()
    heads = [typed.one_line(head).lower().replace(" ", "_") for head in table[0]] if table else []
    checked.mistakes += [Mistake(1, name, CellFault.NO_COLUMN) for name in kind.needed(languages) if name not in heads]
    if checked.mistakes:
        return checked
    reader, seen = kind.reader(heads), set[object]()
    for number, cells in enumerate(table[1:], 2):
        by_head = dict(zip(heads, cells, strict=False))
        if any(by_head.values()):
            _check_row(checked, number, by_head, reader, seen, kind)
    return checked


def _check_row(
    checked: CheckedTable, number: int, by_head: Mapping[str, str], reader: Reader, seen: set[object], kind: Import
) -> None:
    row: dict[str, Any] = {}
    before = len(checked.mistakes)
    for name, read in reader.items():
        try:
            row[name] = read(typed.seen(by_head.get(name, "")))
        except WrongCell as wrong:
            checked.mistakes.append(Mistake(number, name, wrong.fault, by_head.get(name, "")[:60]))
    if len(checked.mistakes) > before:
        return
    key = kind.key(row)
    if key in seen:
        checked.mistakes.append(Mistake(number, next(iter(reader)), CellFault.TWICE))
        return
    seen.add(key)
    checked.rows.append(row)
