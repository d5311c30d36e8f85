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
    return [booking for booking in crowd if booking.state is State.CONFIRMED and days[0] <= day_of(booking) <= days[1]]


def sums(bookings: list[Made]) -> list[int]:
    return [
        len(bookings),
        sum(booking.people for booking in bookings),
        sum(booking.total - booking.given for booking in bookings),
    ]


def with_given(made: Made) -> list[tuple[tuple[int, int, int, int, int], int]]:
    return list(zip(made.lines, spread(made.given, [line[2] * line[3] for line in made.lines]), strict=True))


@pytest.mark.parametrize("days", PERIODS, ids=range(len(PERIODS)))
def test_visitors_and_revenue_by_day_week_month_weekday_and_channel(crowd: list[Made], days: tuple[date, date]) -> None:
    mine = within(crowd, days)
    for day, figures in rows("days", days).items():
        assert figures == sums([booking for booking in mine if day_of(booking) == day])
    keys: dict[str, Callable[[Made], Cell]] = {
        "weeks": lambda booking: "{} week {}".format(*day_of(booking).isocalendar()[:2]),
        "months": lambda booking: f"{day_of(booking):%Y-%m}",
    }
    for slug, key_of in keys.items():
        for key, figures in rows(slug, days).items():
            assert figures == sums([booking for booking in mine if key_of(booking) == key]), slug
    for n, (_name, figures) in enumerate(rows("weekdays", days).items()):
        assert figures == sums([booking for booking in mine if day_of(booking).weekday() == n])
    by_channel = rows("channels", days)
    for channel, name in (("public", "Website"), ("desk", "Front desk"), ("school", "School")):
        assert by_channel[name] == sums([booking for booking in mine if booking.channel == channel])
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
        ids = sorted({line[column] for booking in crowd for line in booking.lines})
        counted = rows(slug, days)
        for key, name in zip(ids, names, strict=True):
            lines = [(*line, back) for booking in mine for line, back in with_given(booking) if line[column] == key]
            quantity = sum(line[2] for line in lines)
            wanted = [quantity, quantity, sum(line[2] * line[3] - line[5] for line in lines)]
            assert counted.get(name, [0, 0, 0]) == wanted


@pytest.mark.parametrize("days", PERIODS, ids=range(len(PERIODS)))
def test_vat_is_the_sum_of_what_the_receipts_say(crowd: list[Made], days: tuple[date, date]) -> None:
    wanted: Counter[tuple[int, str]] = Counter()
    for booking in within(crowd, days):
        for part in vat_shares((line[4], Money(line[2] * line[3] - back, "NOK")) for line, back in with_given(booking)):
            wanted[part.rate, "gross"] += part.gross.minor
            wanted[part.rate, "net"] += part.net.minor
            wanted[part.rate, "vat"] += part.vat.minor
    taxed = rows("vat", days)
    for rate, name in ((1200, "12\xa0%"), (2500, "25\xa0%")):
        assert taxed.get(name, [0, 0, 0, 0])[1:] == [wanted[rate, what] for what in ("gross", "net", "vat")]


@pytest.mark.parametrize("days", PERIODS, ids=range(len(PERIODS)))
def test_money_by_the_day_it_moved_and_what_is_owed(crowd: list[Made], days: tuple[date, date]) -> None:
    came: Counter[date] = Counter()
    went: Counter[date] = Counter()
    for booking in crowd:
        if booking.paid_at:
            came[booking.paid_at.astimezone(OSLO).date()] += booking.paid
        if booking.refunded_at:
            went[booking.refunded_at.astimezone(OSLO).date()] += booking.refunded
    for day, figures in rows("takings", days).items():
        assert isinstance(day, date)
        assert figures == [came[day], went[day], came[day] - went[day]]
    mine, money = [booking for booking in within(crowd, days) if booking.total], rows("money", days)
    assert money["Sold, for visits in the period"] == [len(mine), sum(booking.total for booking in mine)]
    owed = [booking for booking in mine if not booking.paid and not booking.till]
    for channel, name in (("public", "Website"), ("desk", "Front desk"), ("school", "School")):
        unpaid = [booking for booking in owed if booking.channel == channel]
        assert money[f"Owed for visits in the period: {name}"] == [
            len(unpaid),
            sum(booking.total for booking in unpaid),
        ]
    inside = [day for day in came | went if days[0] <= day <= days[1]]
    assert money["Paid online in the period"][1] == sum(came[day] for day in inside)
    assert money["Paid back in the period"][1] == sum(went[day] for day in inside)
    given = [booking for booking in mine if booking.refunded]
    assert sum(int(str(row[2])) for row in read("given-back", days).rows) == sum(booking.refunded for booking in given)


@pytest.mark.parametrize("days", PERIODS, ids=range(len(PERIODS)))
def test_lead_time_no_shows_and_counted_heads(crowd: list[Made], days: tuple[date, date]) -> None:
    mine = within(crowd, days)
    classes = [(booking.starts_at - booking.created_at) // timedelta(days=1) for booking in mine]
    bounds = (0, 1, 2, 4, 8, 15, 31, 91, 10_000)
    for n, row in enumerate(read("lead-time", days).rows):
        assert row[1] == sum(1 for lead in classes if bounds[n] <= lead < bounds[n + 1])
    booked = sum(booking.lines[0][2] for booking in mine)
    came = sum(booking.came for booking in mine)
    no_shows = rows("no-shows", days).get("Inngang", [0, 0, 0, None])
    assert no_shows[:3] == [booked, came, booked - came]
    counted = read("counted", days).rows
    assert sum(int(str(row[4])) for row in counted) == sum(booking.came for booking in mine)
    assert sum(int(str(row[5])) for row in counted) == sum(booking.came for booking in mine)


def test_how_full_the_times_are(crowd: list[Made]) -> None:
    days = PERIODS[0]
    mine = within(crowd, days)
    slots = sum(1 for at in times() if days[0] <= at.astimezone(OSLO).date() <= days[1])
    fullness = rows("fullness", days)
    people = sum(booking.people for booking in mine)
    assert fullness["Inngang"][:3] == [slots, slots * 400, people]
    assert abs(int(str(fullness["Inngang"][3])) - people * 10_000 / (slots * 400)) <= 5


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
