"""A table as a value: columns with a kind each, rows, a sum below. Pages show it, files are written from it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

# Money in minor units; shares in hundredths of a percent, None where there is nothing to take a share of.
Cell = str | int | date | datetime | None
Row = Sequence[Cell]


class ColumnKind(StrEnum):
    """What stands in a column."""

    TEXT = "text"
    NUMBER = "number"
    MONEY = "money"
    PERCENT = "percent"
    DAY = "day"
    MOMENT = "moment"


NUMERIC = frozenset({ColumnKind.NUMBER, ColumnKind.MONEY, ColumnKind.PERCENT})


@dataclass(frozen=True, slots=True)
class Column:
    """A column's heading in the reader's language, and what stands in it."""

    title: str
    kind: ColumnKind = ColumnKind.TEXT

    @property
    def is_numeric(self) -> bool:
        """Whether it stands to the right."""
        return self.kind in NUMERIC


class Shape(StrEnum):
    """How a plot is drawn: upright columns for times, lying bars for things that have names."""

    COLUMNS = "columns"
    BARS = "bars"


@dataclass(frozen=True, slots=True)
class PlotBar:
    """One pair of bars of a plot: this period's value and that of the period before, if it is compared.

    `first` is the first of the row's labels as it stands in the table, a day among others.
    """

    label: str
    value: int
    before: int | None = None
    first: Cell = None


@dataclass(frozen=True, slots=True)
class Plot:
    """What a plot shows; the table beside it says the same."""

    title: str
    kind: ColumnKind
    shape: Shape
    bars: Sequence[PlotBar]

    @property
    def top(self) -> int:
        """The highest value, at least one."""
        return max(1, *(max(bar.value, bar.before or 0) for bar in self.bars))


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table with its heading. `rows` may be read once only, where they come from the database as they are read."""

    title: str
    columns: Sequence[Column]
    rows: Iterable[Row]
    total: Row | None = None
    plot: Plot | None = None
    notes: Sequence[str] = field(default=())
