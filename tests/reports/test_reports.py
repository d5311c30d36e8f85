"""Every report against a count by hand, over a change of the clock, on both databases."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from flask_babel import force_locale

from booking.bookings.models import State
from booking.kernel.money import Money, spread, vat_shares
from booking.reports.all import REPORTS
from booking.reports.figures import ReportRequest, make
from booking.reports.period import Against, Period
from booking.sheets.sheet import Cell, Sheet
from tests.builders import a_centre
from tests.reports.crowds import Made, times
from tests.web.browsing import statements

OSLO = ZoneInfo("Europe/Oslo")
PERIODS = (
    (date(2026, 3, 28), date(2026, 3, 30)),  # the clock goes forward in the middle
    (date(2026, 3, 29), date(2026, 3, 29)),
    (date(2026, 3, 1), date(2026, 4, 30)),
    (date(2025, 6, 1), date(2026, 6, 30)),
    (date(2026, 5, 1), date(2026, 5, 2)),  # nobody
)


@pytest.fixture
def crowd(crowd: list[Made]) -> Iterator[list[Made]]:
    """Bookings, and a reader of English."""
    with force_locale("en_GB"):
        yield crowd


def read(slug: str, days: tuple[date, date], against: Against = Against.NOTHING) -> Sheet:
    return make(REPORTS[slug], ReportRequest(Period(*days, OSLO), "nb"), against)


def rows(slug: str, days: tuple[date, date]) -> dict[Cell, list[Cell]]:
    return {row[0]: list(row[1:]) for row in read(slug, days).rows}


def day_of(made: Made) -> date:
    return made.starts_at.astimezone(OSLO).date()


def within(crowd: list[Made], days: tuple[date, date]) -> list[Made]:
    return [one for one in crowd if one.state is State.CONFIRMED and days[0] <= day_of(one) <= days[1]]


def sums(some: list[Made]) -> list[int]:
    return [len(some), sum(one.people for one in some), sum(one.total - one.given for one in some)]


def with_given(made: Made) -> list[tuple[tuple[int, int, int, int, int], int]]:
    return list(zip(made.lines, spread(made.given, [line[2] * line[3] for line in made.lines]), strict=True))


@pytest.mark.parametrize("days", PERIODS, ids=range(len(PERIODS)))
def test_visitors_and_revenue_by_day_week_month_weekday_and_channel(crowd: list[Made], days: tuple[date, date]) -> None:
    mine = within(crowd, days)
    for day, found in rows("days", days).items():
        assert found == sums([one for one in mine if day_of(one) == day])
    keys: dict[str, Callable[[Made], Cell]] = {
        "weeks": lambda one: "{} week {}".format(*day_of(one).isocalendar()[:2]),
        "months": lambda one: f"{day_of(one):%Y-%m}",
    }
    for slug, key_of in keys.items():
        for key, found in rows(slug, days).items():
            assert found == sums([one for one in mine if key_of(one) == key]), slug
    for n, (_name, found) in enumerate(rows("weekdays", days).items()):
        assert found == sums([one for one in mine if day_of(one).weekday() == n])
    by_channel = rows("channels", days)
    for channel, name in (("public", "Website"), ("desk", "Front desk"), ("school", "School")):
        assert by_channel[name] == sums([one for one in mine if one.channel == channel])
    for slug in ("days", "weeks", "months", "weekdays", "channels"):
        total = read(slug, days).total
        assert total is not None
        assert list(total[1:]) == sums(mine), slug


@pytest.mark.parametrize("days", PERIODS, ids=range(len(PERIODS)))
def test_what_was_sold_by_activity_and_ticket_type(crowd: list[Made], days: tuple[date, date]) -> None:
    mine = within(crowd, days)
    for slug, column, names in (
        ("activities", 0, ("Inngang", "Bobler")),
        ("ticket-types", 1, ("Voksen", "Barn", "Plass")),
    ):
        ids = sorted({line[column] for one in crowd for line in one.lines})
        found = rows(slug, days)
        for key, name in zip(ids, names, strict=True):
            lines = [(*line, back) for one in mine for line, back in with_given(one) if line[column] == key]
            quantity = sum(line[2] for line in lines)
            wanted = [quantity, quantity, sum(line[2] * line[3] - line[5] for line in lines)]
            assert found.get(name, [0, 0, 0]) == wanted


@pytest.mark.parametrize("days", PERIODS, ids=range(len(PERIODS)))
def test_vat_is_the_sum_of_what_the_receipts_say(crowd: list[Made], days: tuple[date, date]) -> None:
    wanted: Counter[tuple[int, str]] = Counter()
    for one in within(crowd, days):
        for part in vat_shares((line[4], Money(line[2] * line[3] - back, "NOK")) for line, back in with_given(one)):
            wanted[part.rate, "gross"] += part.gross.minor
            wanted[part.rate, "net"] += part.net.minor
            wanted[part.rate, "vat"] += part.vat.minor
    found = rows("vat", days)
    for rate, name in ((1200, "12 %"), (2500, "25 %")):
        assert found.get(name, [0, 0, 0, 0])[1:] == [wanted[rate, what] for what in ("gross", "net", "vat")]


@pytest.mark.parametrize("days", PERIODS, ids=range(len(PERIODS)))
def test_money_by_the_day_it_moved_and_what_is_owed(crowd: list[Made], days: tuple[date, date]) -> None:
    came: Counter[date] = Counter()
    went: Counter[date] = Counter()
    for one in crowd:
        if one.paid_at:
            came[one.paid_at.astimezone(OSLO).date()] += one.paid
        if one.refunded_at:
            went[one.refunded_at.astimezone(OSLO).date()] += one.refunded
    for day, found in rows("takings", days).items():
        assert isinstance(day, date)
        assert found == [came[day], went[day], came[day] - went[day]]
    mine, money = [one for one in within(crowd, days) if one.total], rows("money", days)
    assert money["Sold, for visits in the period"] == [len(mine), sum(one.total for one in mine)]
    owed = [one for one in mine if not one.paid and not one.till]
    for channel, name in (("public", "Website"), ("desk", "Front desk"), ("school", "School")):
        some = [one for one in owed if one.channel == channel]
        assert money[f"Owed for visits in the period: {name}"] == [len(some), sum(one.total for one in some)]
    inside = [day for day in came | went if days[0] <= day <= days[1]]
    assert money["Paid online in the period"][1] == sum(came[day] for day in inside)
    assert money["Paid back in the period"][1] == sum(went[day] for day in inside)
    given = [one for one in mine if one.refunded]
    assert sum(int(str(row[2])) for row in read("given-back", days).rows) == sum(one.refunded for one in given)


@pytest.mark.parametrize("days", PERIODS, ids=range(len(PERIODS)))
def test_lead_time_no_shows_and_counted_heads(crowd: list[Made], days: tuple[date, date]) -> None:
    mine = within(crowd, days)
    classes = [(one.starts_at - one.created_at) // timedelta(days=1) for one in mine]
    bounds = (0, 1, 2, 4, 8, 15, 31, 91, 10_000)
    for n, row in enumerate(read("lead-time", days).rows):
        assert row[1] == sum(1 for lead in classes if bounds[n] <= lead < bounds[n + 1])
    booked = sum(one.lines[0][2] for one in mine)
    came = sum(one.came for one in mine)
    found = rows("no-shows", days).get("Inngang", [0, 0, 0, None])
    assert found[:3] == [booked, came, booked - came]
    counted = read("counted", days).rows
    assert sum(int(str(row[4])) for row in counted) == sum(one.came for one in mine)
    assert sum(int(str(row[5])) for row in counted) == sum(one.came for one in mine)


def test_how_full_the_times_are(crowd: list[Made]) -> None:
    days = PERIODS[0]
    mine = within(crowd, days)
    slots = sum(1 for at in times() if days[0] <= at.astimezone(OSLO).date() <= days[1])
    found = rows("fullness", days)
    people = sum(one.people for one in mine)
    assert found["Inngang"][:3] == [slots, slots * 400, people]
    assert abs(int(str(found["Inngang"][3])) - people * 10_000 / (slots * 400)) <= 5


@pytest.mark.parametrize("slug", REPORTS)
def test_a_report_runs_few_statements_and_as_many_for_a_day_as_for_a_year(crowd: list[Made], slug: str) -> None:
    counts = []
    for days in (PERIODS[1], PERIODS[3]):
        with statements() as seen:
            read(slug, days, Against.YEAR)
        counts.append(len(seen))
    assert counts[0] == counts[1] <= 18  # two periods; what is owed is asked of visits, courses and bookings


@pytest.mark.parametrize("slug", REPORTS)
@pytest.mark.parametrize("against", list(Against))
def test_every_report_can_be_set_beside_another_period(crowd: list[Made], slug: str, against: Against) -> None:
    sheet = read(slug, (date(2026, 3, 28), date(2026, 4, 3)), against)
    assert all(len(row) == len(sheet.columns) for row in sheet.rows)
    assert sheet.total is None or len(sheet.total) == len(sheet.columns)


def test_the_difference_is_to_the_days_just_before(crowd: list[Made]) -> None:
    days = (date(2026, 3, 28), date(2026, 3, 30))
    earlier = (date(2026, 3, 25), date(2026, 3, 27))
    total = read("days", days, Against.BEFORE).total
    assert total is not None
    now, before = sums(within(crowd, days))[1], sums(within(crowd, earlier))[1]
    assert (total[2], total[4]) == (now, before)
    assert abs(int(str(total[5])) - (now - before) * 10_000 / before) <= 5


def test_an_empty_centre_has_reports_too(app: Flask) -> None:
    a_centre()
    with app.test_request_context():
        for slug in REPORTS:
            assert read(slug, PERIODS[2], Against.BEFORE).plot is None
