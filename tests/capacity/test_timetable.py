"""Slots from habits: the wall clock rules, again makes nothing twice, and two never share what only one can have."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from booking.capacity.models import Allotment, Draw, Duty, Pattern, Slot, SlotStatus
from booking.capacity.planning import Habit, KeepRule, OnDuty, SlotPlan, SpaceHabit, at, plan
from booking.capacity.timetable import make_slots
from booking.catalogue.models import Activity, Kind
from booking.centre.facts import CentreFacts, the_centre
from booking.centre.models import DayException, OpeningHours
from booking.centre.opening import Exceptional, WeeklyHours, days_between, proposed_closing_days
from booking.kernel.database import db, unit_of_work
from tests.builders import a_centre, a_space, an_activity, in_all

OSLO = ZoneInfo("Europe/Oslo")
SPRING, AUTUMN = date(2027, 3, 28), date(2027, 10, 31)
HOUSE, LAB = 1, 2
EVERY_DAY = 127


def open_daily(opens: int = 10, closes: int = 17, public_from: int | None = None) -> list[WeeklyHours]:
    """The same hours every day."""
    public = time(public_from) if public_from is not None else None
    return [WeeklyHours(weekday, time(opens), time(closes), public, None, None, 0) for weekday in range(7)]


def a_habit(activity_id: int = 1, kind: Kind = Kind.WORKSHOP, **more: object) -> Habit:
    """A workshop in the lab at ten, an hour long with half an hour to tidy, unless said otherwise."""
    values: dict[str, object] = {
        "minutes": 60,
        "stay_minutes": 0,
        "turnaround_minutes": 30,
        "capacity": 24,
        "space_id": LAB,
        "needs_admission": False,
        "weekdays": EVERY_DAY,
        "times": ("10:00",),
        "every_minutes": None,
        "last_before_close": 60,
        "from_date": None,
        "until_date": None,
    }
    return Habit(activity_id=activity_id, kind=kind, **(values | more))  # type: ignore[arg-type]  # named above


def planned(
    day: date,
    habits: Sequence[Habit],
    *,
    hours: Sequence[WeeklyHours] | None = None,
    exceptions: Sequence[Exceptional] = (),
    keeps: Sequence[KeepRule] = (),
    duties: Sequence[OnDuty] = (),
    days: int = 1,
) -> SlotPlan:
    """What the habits make of some days in a house with a lab, in Oslo's time."""
    spaces = [SpaceHabit(HOUSE, 400, True), SpaceHabit(LAB, 32, False)]
    dates = days_between(day, day + timedelta(days=days))
    return plan(dates, OSLO_CENTRE, (hours or open_daily(), exceptions), spaces, habits, keeps, duties)


def a_value_of_a_centre() -> CentreFacts:
    """A centre in Oslo as a value, without a database."""
    texts: dict[str, object] = dict.fromkeys(CentreFacts.__dataclass_fields__, "")
    numbers: dict[str, object] = {"slot_minutes": 30, "on_sale_days": 120, "sale_ends_minutes": 30}
    return CentreFacts(**(texts | {"timezone": "Europe/Oslo"} | numbers))  # type: ignore[arg-type]  # as the table has


OSLO_CENTRE = a_value_of_a_centre()


def starts(made: SlotPlan, activity_id: int = 1) -> list[str]:
    """Wall-clock starts of an activity's slots."""
    return [f"{slot.starts_at.astimezone(OSLO):%H:%M}" for slot in made.slots if slot.activity_id == activity_id]


@pytest.mark.parametrize(
    ("day", "utc"), [(SPRING, 8), (SPRING - timedelta(days=1), 9), (AUTUMN, 9), (date(2027, 10, 30), 8)]
)
def test_ten_is_ten_on_both_sides_of_a_clock_change(day: date, utc: int) -> None:
    (slot,) = [slot for slot in planned(day, [a_habit()]).slots if slot.activity_id == 1]
    assert slot.starts_at == datetime(day.year, day.month, day.day, utc, tzinfo=UTC)
    assert slot.ends_at - slot.starts_at == timedelta(hours=1)


@pytest.mark.parametrize(("day", "hours"), [(SPRING, 23), (AUTUMN, 25), (date(2027, 6, 1), 24)])
def test_a_night_of_a_clock_change_has_as_many_half_hours_as_it_lasts(day: date, hours: int) -> None:
    all_day = [WeeklyHours(weekday, time(0), time(23, 30), None, None, None, 0) for weekday in range(7)]
    stretches = [slot for slot in planned(day, [], hours=all_day).slots if slot.space_id == HOUSE]
    assert len(stretches) == (hours - 0.5) * 2
    assert len({slot.starts_at for slot in stretches}) == len(stretches)


def test_an_hour_that_the_clock_skips_becomes_the_moment_it_jumps_to() -> None:
    assert at(SPRING, time(2, 30), OSLO).astimezone(OSLO).time() == time(3, 30)


def test_an_hour_that_comes_twice_is_the_first_of_the_two() -> None:
    assert at(AUTUMN, time(2, 30), OSLO) == datetime(2027, 10, 31, 0, 30, tzinfo=UTC)


def test_entry_comes_every_half_hour_from_when_the_public_may_come_until_an_hour_before_closing() -> None:
    entry = a_habit(kind=Kind.ADMISSION, minutes=30, stay_minutes=120, every_minutes=30, times=(), space_id=None)
    made = planned(date(2027, 6, 1), [entry], hours=open_daily(9, 13, public_from=10))
    assert starts(made) == ["10:00", "10:30", "11:00", "11:30", "12:00"]


def test_who_comes_in_draws_on_the_house_for_as_long_as_they_stay_but_not_past_closing() -> None:
    entry = a_habit(kind=Kind.ADMISSION, minutes=30, stay_minutes=120, times=("10:00", "12:00"), space_id=None)
    made = planned(date(2027, 6, 1), [entry], hours=open_daily(10, 13))
    drawn = [[(space, f"{start.astimezone(OSLO):%H:%M}") for space, start in slot.draws] for slot in made.slots[-2:]]
    assert drawn == [
        [(HOUSE, "10:00"), (HOUSE, "10:30"), (HOUSE, "11:00"), (HOUSE, "11:30")],
        [(HOUSE, "12:00"), (HOUSE, "12:30")],
    ]


def test_a_show_draws_on_its_space_alone_since_its_guests_are_in_the_house_already() -> None:
    made = planned(date(2027, 6, 1), [a_habit(kind=Kind.SHOW, needs_admission=True, minutes=30, turnaround_minutes=0)])
    assert {space for space, _ in made.slots[-1].draws} == {LAB}


def test_a_session_that_begins_between_two_half_hours_draws_on_both() -> None:
    made = planned(date(2027, 6, 1), [a_habit(times=("10:15",), minutes=30, turnaround_minutes=0)])
    in_lab = [f"{start.astimezone(OSLO):%H:%M}" for space, start in made.slots[-1].draws if space == LAB]
    assert in_lab == ["10:00", "10:30"]


def test_everything_that_is_drawn_on_is_made_the_same_day() -> None:
    habits = [a_habit(), a_habit(2, Kind.ADMISSION, stay_minutes=180, every_minutes=30, times=(), space_id=None)]
    made = planned(date(2027, 6, 1), habits)
    stretches = {(slot.space_id, slot.starts_at) for slot in made.slots if slot.activity_id is None}
    assert {draw for slot in made.slots for draw in slot.draws} <= stretches


@pytest.mark.parametrize(
    ("second", "made_of_it"),
    [("10:30", []), ("11:00", []), ("11:29", []), ("11:30", ["11:30"])],
    ids=["in the middle", "while tidying", "a minute too early", "when it is tidy"],
)
def test_two_sessions_cannot_be_in_one_space_at_once(second: str, made_of_it: list[str]) -> None:
    made = planned(date(2027, 6, 1), [a_habit(1), a_habit(2, times=(second,))])
    assert (starts(made, 1), starts(made, 2)) == (["10:00"], made_of_it)
    assert [activity for activity, _ in made.clashes] == [2] * (1 - len(made_of_it))


def test_lunch_guests_share_their_room() -> None:
    made = planned(date(2027, 6, 1), [a_habit(1, Kind.LUNCH), a_habit(2, Kind.LUNCH, times=("10:30",))])
    assert (starts(made, 1), starts(made, 2), made.clashes) == (["10:00"], ["10:30"], [])


def test_nothing_is_made_that_would_last_far_beyond_closing() -> None:
    made = planned(date(2027, 6, 1), [a_habit(times=("16:00", "16:05"), minutes=90, space_id=None)])
    assert starts(made) == ["16:00"]


@pytest.mark.parametrize(("educators", "made_of_the_third"), [(2, []), (3, ["10:30"]), (None, ["10:30"])])
def test_there_are_no_more_sessions_at_once_than_educators(educators: int | None, made_of_the_third: list[str]) -> None:
    habits = [a_habit(n, Kind.PROGRAMME, space_id=None, times=("10:30" if n == 3 else "10:00",)) for n in (1, 2, 3)]
    duties = [] if educators is None else [OnDuty(educators)]
    made = planned(date(2027, 6, 1), habits, duties=duties)
    assert starts(made, 3) == made_of_the_third
    assert [activity for activity, _ in made.clashes] == [3] * (1 - len(made_of_the_third))


def test_an_educator_is_free_again_when_the_room_is_tidy() -> None:
    habits = [a_habit(1), a_habit(2, space_id=None, times=("11:00", "11:30"))]
    made = planned(date(2027, 6, 1), habits, duties=[OnDuty(1)])
    assert (starts(made, 1), starts(made, 2)) == (["10:00"], ["11:30"])


def test_entry_and_lunch_need_no_educator() -> None:
    habits = [a_habit(n, kind, space_id=None) for n, kind in enumerate((Kind.ADMISSION, Kind.LUNCH, Kind.EVENT))]
    made = planned(date(2027, 6, 1), habits, duties=[OnDuty(0)])
    assert made.clashes == []


def test_a_closed_day_makes_nothing_and_an_exception_opens_at_its_own_hours() -> None:
    day = date(2027, 6, 1)
    entry = a_habit(kind=Kind.ADMISSION, minutes=30, every_minutes=60, times=(), space_id=None)
    closed = planned(day, [entry], exceptions=[Exceptional(day, None, None, in_all("Vask"))])
    late = planned(day, [entry], exceptions=[Exceptional(day, time(18), time(21), {})])
    assert (closed.slots, starts(late)) == ([], ["18:00", "19:00", "20:00"])


def test_the_season_of_the_highest_rank_counts() -> None:
    winter = [
        WeeklyHours(weekday, time(12), time(16), None, date(2027, 2, 22), date(2027, 2, 28), 1) for weekday in range(7)
    ]
    entry = a_habit(kind=Kind.ADMISSION, minutes=30, every_minutes=60, times=(), space_id=None)
    made = [planned(day, [entry], hours=[*open_daily(), *winter]) for day in (date(2027, 2, 28), date(2027, 3, 1))]
    assert [starts(job)[0] for job in made] == ["12:00", "10:00"]


def test_a_habit_keeps_to_its_weekdays_and_its_season() -> None:
    habit = a_habit(weekdays=0b0000010, from_date=date(2027, 6, 2), until_date=date(2027, 6, 15))
    made = planned(date(2027, 6, 1), [habit], days=30)
    days = [slot.starts_at.date() for slot in made.slots if slot.activity_id == 1]
    assert days == [date(2027, 6, 8), date(2027, 6, 15)]


def test_places_are_kept_for_schools_on_their_mornings_until_some_days_before() -> None:
    keep = KeepRule(None, HOUSE, 0b0011111, time(9), time(13), 90, 7)
    made = planned(date(2027, 10, 29), [], keeps=[keep], hours=open_daily(9, 14), days=2)
    kept = {f"{slot.starts_at.astimezone(OSLO):%a %H:%M}": slot.kept for slot in made.slots if slot.space_id == HOUSE}
    assert (kept["Fri 09:00"], kept["Fri 12:30"], kept["Fri 13:00"], kept["Sat 09:00"]) == (90, 90, 0, 0)
    assert {slot.release_at for slot in made.slots if slot.kept} == {at(date(2027, 10, 22), time(9), OSLO)}


def test_no_more_is_kept_than_there_is() -> None:
    made = planned(date(2027, 6, 1), [a_habit()], keeps=[KeepRule(1, None, EVERY_DAY, time(0), time(23), 90, 7)])
    assert made.slots[-1].kept == 24


def test_the_sale_opens_on_the_centres_day_and_ends_as_the_kind_asks() -> None:
    entry = a_habit(1, Kind.ADMISSION, minutes=20, times=("10:00",), space_id=None)
    made = planned(AUTUMN, [entry, a_habit(2)])
    ends = {slot.activity_id: slot.closes_at for slot in made.slots if slot.activity_id}
    begins = at(AUTUMN, time(10), OSLO)
    assert ends == {1: begins + timedelta(minutes=20), 2: begins}
    assert made.slots[-1].opens_at == at(AUTUMN - timedelta(days=120), time(9), OSLO)


def a_house_with_habits(**rules: object) -> tuple[int, int]:
    """An Oslo house in the database, open daily 10 to 14, with entry every half hour: (house id, entry id)."""
    a_centre(timezone="Europe/Oslo", **rules)
    house = a_space(400, is_house=True)
    entry = an_activity()
    with unit_of_work():
        db.session.add_all(OpeningHours(weekday=day, opens=time(10), closes=time(14)) for day in range(7))
        db.session.add(Pattern(activity_id=entry, times=[], every_minutes=30, last_before_close=60))
    return house, entry


def counted() -> tuple[int, int]:
    """How many slots and draws there are."""
    db.session.rollback()
    return tuple(db.session.scalar(select(func.count()).select_from(table)) or 0 for table in (Slot, Draw))  # type: ignore[return-value]


@pytest.mark.parametrize("day", [SPRING, AUTUMN])
def test_making_again_across_a_clock_change_makes_nothing_twice(app: Flask, day: date) -> None:
    a_house_with_habits()
    begin, end = day - timedelta(days=1), day + timedelta(days=2)
    first = make_slots(begin, end)
    there = counted()
    again = make_slots(begin, end)
    assert first.made == 3 * (8 + 7)
    assert (again.made, again.kept, counted()) == (0, first.made, there)


def test_an_overlapping_period_makes_only_the_days_that_are_missing(app: Flask) -> None:
    a_house_with_habits()
    make_slots(date(2027, 6, 1), date(2027, 6, 3))
    assert make_slots(date(2027, 6, 2), date(2027, 6, 5)).made == 2 * (8 + 7)


def test_making_again_leaves_what_staff_have_changed(app: Flask) -> None:
    _, entry = a_house_with_habits()
    make_slots(date(2027, 6, 1), date(2027, 6, 2))
    with unit_of_work():
        db.session.execute(update(Slot).where(Slot.activity_id == entry).values(capacity=7, status=SlotStatus.CLOSED))
    make_slots(date(2027, 6, 1), date(2027, 6, 2))
    rows = db.session.execute(select(Slot.capacity, Slot.status).where(Slot.activity_id == entry).distinct()).all()
    assert [tuple(row) for row in rows] == [(7, SlotStatus.CLOSED)]


def test_a_new_habit_draws_on_the_half_hours_that_are_there_already(app: Flask) -> None:
    house, _ = a_house_with_habits()
    make_slots(date(2027, 6, 1), date(2027, 6, 2))
    event_id = an_activity(Kind.EVENT, minutes=60, stay_minutes=60)
    with unit_of_work():
        db.session.add(Pattern(activity_id=event_id, times=["12:00"]))
    make_slots(date(2027, 6, 1), date(2027, 6, 2))
    below = db.session.execute(
        select(Slot.space_id, Slot.starts_at)
        .join(Draw, Draw.on_slot_id == Slot.id)
        .where(Draw.slot_id.in_(select(Slot.id).where(Slot.activity_id == event_id)))
        .order_by(Slot.starts_at)
    ).all()
    noon = at(date(2027, 6, 1), time(12), OSLO)
    assert [tuple(row) for row in below] == [(house, noon), (house, noon + timedelta(minutes=30))]


def test_a_second_session_in_a_space_is_refused_also_when_the_first_was_made_earlier(app: Flask) -> None:
    a_house_with_habits()
    lab = a_space(32)
    workshops = [an_activity(Kind.WORKSHOP, space_id=lab, minutes=60, stay_minutes=0) for _ in range(2)]
    for n, workshop in enumerate(workshops):
        with unit_of_work():
            # The later one comes first in the catalogue: the plan alone would give it the space.
            db.session.execute(update(Activity).where(Activity.id == workshop).values(sort=-n))
            db.session.add(Pattern(activity_id=workshop, times=["11:00" if n == 0 else "11:30"]))
        made = make_slots(date(2027, 6, 1), date(2027, 6, 2))
    assert made.clashes == 1
    assert db.session.scalars(select(Slot.activity_id).where(Slot.activity_id.in_(workshops))).all() == [workshops[0]]


def test_a_session_that_was_cancelled_leaves_its_space_to_another(app: Flask) -> None:
    a_house_with_habits()
    lab = a_space(32)
    first, second = (an_activity(Kind.WORKSHOP, space_id=lab, minutes=60, stay_minutes=0) for _ in range(2))
    with unit_of_work():
        db.session.add(Pattern(activity_id=first, times=["11:00"]))
    make_slots(date(2027, 6, 1), date(2027, 6, 2))
    with unit_of_work():
        db.session.execute(update(Slot).where(Slot.activity_id == first).values(status=SlotStatus.CANCELLED))
        db.session.add(Pattern(activity_id=second, times=["11:30"]))
    assert make_slots(date(2027, 6, 1), date(2027, 6, 2)).clashes == 0


def test_no_more_sessions_than_educators_also_when_some_were_made_earlier(app: Flask) -> None:
    a_house_with_habits()
    with unit_of_work():
        db.session.add(Duty(weekdays=EVERY_DAY, educators=1))
    made = []
    for hour in ("11:00", "11:30"):
        programme = an_activity(Kind.PROGRAMME, minutes=60)
        with unit_of_work():
            db.session.add(Pattern(activity_id=programme, times=[hour]))
        made.append(make_slots(date(2027, 6, 1), date(2027, 6, 2)).clashes)
    assert made == [0, 1]


def test_public_holidays_close_the_house_and_ascension_day_does_not(app: Flask) -> None:
    _, entry = a_house_with_habits()
    may = date(2027, 5, 1), date(2027, 6, 1)
    with unit_of_work():
        db.session.add_all(
            DayException(on_date=day, reason=reason) for day, reason in proposed_closing_days("NO", *may).items()
        )
    make_slots(*may)
    starts_at = db.session.scalars(select(Slot.starts_at).where(Slot.activity_id == entry)).all()
    days = {start.astimezone(OSLO).date() for start in starts_at}
    closed = {day for day in days_between(*may)} - days
    assert closed == {date(2027, 5, 1), date(2027, 5, 16), date(2027, 5, 17)}
    assert date(2027, 5, 6) in days


def test_allotments_of_the_centre_reach_the_slots(app: Flask) -> None:
    house, _ = a_house_with_habits()
    with unit_of_work():
        db.session.add(
            Allotment(space_id=house, from_time=time(10), until_time=time(12), places=90, release_days=7, weekdays=31)
        )
    make_slots(date(2027, 6, 1), date(2027, 6, 2))
    kept = db.session.scalars(select(Slot.kept).where(Slot.space_id == house).order_by(Slot.starts_at)).all()
    assert kept == [90, 90, 90, 90, 0, 0, 0, 0]
    assert the_centre().zone == OSLO
