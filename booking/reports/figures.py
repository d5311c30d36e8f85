"""What a report is: figures by key for a period, put beside those of the period before, as a sheet with a plot."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from flask_babel import gettext as _

from booking.kernel.server.plans import planned_for_their_values
from booking.reports.period import Against, Period
from booking.sheets.sheet import Cell, Column, ColumnKind, Plot, PlotBar, Row, Shape, Sheet


@dataclass(frozen=True, slots=True)
class Measure:
    """A column of figures. With `share` it is the first of two others as a share of the second.

    It does not add up where one thing may be counted in several rows: then no sum stands below it.
    """

    title: str
    kind: ColumnKind = ColumnKind.NUMBER
    share: tuple[int, int] | None = None
    adds_up: bool = True


@dataclass(frozen=True, slots=True)
class Tally:
    """One row: what it is of, how that is called, and its figures in the order of the measures that are no shares."""

    key: Hashable
    labels: tuple[Cell, ...]
    values: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class ReportRequest:
    """What a report is asked with: the period, the reader's language, how the centre writes a day in a plot."""

    period: Period
    lang: str


class ReportSection(StrEnum):
    """Where a report stands in the list of reports."""

    VISITS = "visits"
    MONEY = "money"
    FUNDERS = "funders"


@dataclass(frozen=True, slots=True)
class Report:
    """One report. `tally` reads a fixed number of aggregate statements; `main` is the measure that is drawn."""

    slug: str
    section: ReportSection
    title: Callable[[], str]
    about: Callable[[], str]
    labels: Callable[[], Sequence[Column]]
    measures: Callable[[], Sequence[Measure]]
    tally: Callable[[ReportRequest], Sequence[Tally]]
    main: int = 0
    shape: Shape = Shape.COLUMNS
    adds_up: bool = True


def make(report: Report, request: ReportRequest, against: Against) -> Sheet:
    """The report's sheet, with the figures of the period before beside its own if it is compared."""
    measures, labels = report.measures(), report.labels()
    earlier = request.period.before(against)
    with planned_for_their_values():
        now = {tally.key: tally for tally in report.tally(request)}
        before = {t.key: t for t in report.tally(ReportRequest(earlier, request.lang))} if earlier else {}
    columns = [*labels, *(Column(measure.title, measure.kind) for measure in measures)]
    if earlier:
        columns += [Column(_("%(what)s before", what=measures[report.main].title), measures[report.main].kind)]
        columns += [Column(_("Difference"), ColumnKind.PERCENT)]
    rows = [_row(key, now, before, measures, report.main, bool(earlier)) for key in {**now, **before}]
    return Sheet(
        title=report.title(),
        columns=columns,
        rows=rows,
        total=_total(now, before, len(labels), measures, report.main, bool(earlier)) if report.adds_up else None,
        plot=_plot(report, rows, len(labels), measures, bool(earlier)),
    )


def share(part: int, whole: int) -> int | None:
    """A share in hundredths of a percent, rounded to a tenth of a percent; None of nothing."""
    if whole <= 0:
        return None
    sign = -1 if part < 0 else 1
    return sign * ((2000 * abs(part) + whole) // (2 * whole)) * 10


def _row(
    key: Hashable,
    now: Mapping[Hashable, Tally],
    before: Mapping[Hashable, Tally],
    measures: Sequence[Measure],
    main: int,
    compared: bool,
) -> Row:
    known = now.get(key) or before[key]
    values = _with_shares(now[key].values if key in now else (0,) * len(known.values), measures)
    if not compared:
        return (*known.labels, *values)
    earlier = _with_shares(before[key].values if key in before else (0,) * len(known.values), measures)[main]
    return (*known.labels, *values, earlier, _difference(values[main], earlier))


def _total(
    now: Mapping[Hashable, Tally],
    before: Mapping[Hashable, Tally],
    labels: int,
    measures: Sequence[Measure],
    main: int,
    compared: bool,
) -> Row:
    base = sum(1 for measure in measures if measure.share is None)
    sums = _with_shares(_sums(now, base), measures)
    shown = [value if measure.adds_up else None for value, measure in zip(sums, measures, strict=True)]
    row: list[Cell] = [_("Total"), *([""] * (labels - 1)), *shown]
    if compared:
        earlier = _with_shares(_sums(before, base), measures)[main] if measures[main].adds_up else None
        row += [earlier, _difference(sums[main], earlier)]
    return row


def _sums(tallies: Mapping[Hashable, Tally], base: int) -> tuple[int, ...]:
    return tuple(sum(tally.values[n] for tally in tallies.values()) for n in range(base))


def _with_shares(values: Sequence[int], measures: Sequence[Measure]) -> list[int | None]:
    left = iter(values)
    return [
        share(values[measure.share[0]], values[measure.share[1]]) if measure.share else next(left)
        for measure in measures
    ]


def _difference(now: int | None, before: int | None) -> int | None:
    return None if now is None or before is None else share(now - before, before)


def _plot(report: Report, rows: Sequence[Row], labels: int, measures: Sequence[Measure], compared: bool) -> Plot | None:
    measure = measures[report.main]
    bars = []
    for row in rows:
        value, earlier = row[labels + report.main], row[labels + len(measures)] if compared else None
        words = " · ".join(str(label) for label in row[:labels] if label)
        bars.append(
            PlotBar(
                words, value if isinstance(value, int) else 0, earlier if isinstance(earlier, int) else None, row[0]
            )
        )
    if not any(bar.value or bar.before for bar in bars):
        return None
    return Plot(measure.title, measure.kind, report.shape, bars)
