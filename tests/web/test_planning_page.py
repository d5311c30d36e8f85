"""Planning without scripting: what was chosen before travels along, a range is searched whole, halves are offered."""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from datetime import date, timedelta
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from flask import Flask
from sqlalchemy import select, update

from booking.agreements.models import School
from booking.bookings.models import Booking
from booking.capacity.models import Slot
from booking.kernel import clock
from booking.kernel.database import db, unit_of_work
from booking.planner.fitting import DayFit, days_that_fit
from booking.planner.wish import PlanningDay, VisitWish
from booking.programmes.models import Programme
from booking.visits.links import key_for
from tests.visits.booked import Centre, a_visit
from tests.web.browsing import Visitor, path_of, statements, words
from tests.web.test_teachers import WHO, hidden, wish


def links(page: str, path: str) -> list[str]:
    """The links of a page that lead there."""
    return [html.unescape(link) for link in re.findall(r'href="([^"]+)"', page) if html.unescape(link).startswith(path)]


def sessions_full(activity_id: int, on: date) -> None:
    """Let nobody in to a programme that day any more."""
    with unit_of_work():
        for slot in db.session.scalars(select(Slot).where(Slot.activity_id == activity_id)):
            if slot.starts_at.date() == on:
                db.session.execute(update(Slot).where(Slot.id == slot.id).values(taken=slot.capacity))


def test_a_chosen_session_sets_the_bus_and_school_class_and_day_travel_along(teacher: Visitor, centre: Centre) -> None:
    school = db.session.scalars(select(School.id).where(School.name.like("Solbakken%"))).first()
    on = centre.on
    page = teacher.get(f"/en/school/bridges?school={school}&pupils=21&adults=3&grade=6&date={on}").get_data(
        as_text=True
    )
    *_, session, whole_day = links(page, "/en/school/visit?")
    query = parse_qs(urlsplit(session).query)
    assert (query["pupils"], query["adults"], query["grade"], query["date"]) == (["21"], ["3"], ["6"], [str(on)])
    starts_at = db.session.scalars(
        select(Slot.starts_at).where(Slot.activity_id == centre.bridges).order_by(Slot.starts_at.desc())
    ).first()
    assert starts_at is not None
    last = centre.facts.local(starts_at)
    assert query["arrival"] == [f"{last - timedelta(minutes=15):%H:%M}"]
    plans = teacher.get(f"{session}&plan=1&name=6A&exhibition=30")
    assert f"{last:%H:%M}" in words(plans)
    form = {name: hidden(plans.get_data(as_text=True), name) for name in ("plan", "school")}
    assert "Bergen kommune" in words(teacher.post("/en/school/visit", form))  # who pays, without asking for the school
    assert parse_qs(urlsplit(whole_day).query)["school"] == [str(school)]


def test_a_range_is_searched_to_its_end_before_there_is_no_plan(teacher: Visitor, centre: Centre) -> None:
    shown = words(teacher.get(wish(centre, 1, date=centre.on - timedelta(days=5), until=centre.on)))
    assert "plan fits" in shown or "plans fit" in shown
    assert "We looked at" in shown
    too_far = teacher.get(wish(centre, 1, until=centre.on + timedelta(weeks=7)))
    assert too_far.status_code == 422
    assert "We look through 6 weeks at a time." in words(too_far)


def test_an_empty_answer_says_which_days_were_looked_at(teacher: Visitor, centre: Centre) -> None:
    sessions_full(centre.bridges, centre.on)
    shown = words(teacher.get(wish(centre, 1)))
    assert "No plan fits all of that" in shown
    assert "We looked at 5 days from" in shown


def sizes(page: str) -> dict[str, str]:
    """What the groups that a class would become have in their fields."""
    return dict(re.findall(r'id="part-(\w+-\d)" name="\w+" value="(\d+)"', page))


def test_a_class_that_is_too_large_is_offered_as_groups_whose_sizes_can_be_changed(
    teacher: Visitor, centre: Centre
) -> None:
    wished = wish(centre, 2).replace("pupils=24", "pupils=56", 1).replace("adults=2", "adults=4", 1)
    page = teacher.get(wished)
    shown = page.get_data(as_text=True)
    assert "56 pupils become 2 groups: 28 and 28 6A" in words(page)
    assert sizes(shown) == {"pupils-0": "28", "adults-0": "2", "pupils-1": "28", "adults-1": "2"}
    assert 'id="pupils-0" name="pupils" value="56"' in shown, "what was typed is kept"
    groups = shown.split('<section id="plans"')[1].split("</form>")[0]
    carried = [(name, html.unescape(value)) for name, value in re.findall(r'name="(\w+)"\s+value="([^"]*)"', groups)]
    assert [value for name, value in carried if name == "name"] == ["6A 1", "6A 2", "6B"]
    pressed = words(teacher.get("/en/school/visit?" + urlencode(carried)))
    assert "plans fit" in pressed or "plan fits" in pressed
    uneven = words(teacher.get("/en/school/visit?" + urlencode(carried).replace("pupils=28", "pupils=31", 1)))
    assert "31 pupils become 2 groups: 16 and 15" in uneven, "no group is larger than its session"


def test_more_than_one_group_can_ever_be_is_parted_too_and_whoever_are_too_many_for_that_call_us(
    teacher: Visitor, centre: Centre
) -> None:
    for_the_exhibition = wish(centre, 1).split("&programme=")[0]
    page = words(teacher.get(for_the_exhibition.replace("pupils=24", "pupils=90")))
    assert "90 pupils become 2 groups: 45 and 45" in page
    too_many = teacher.get(wish(centre, 1).replace("pupils=24", "pupils=300"))
    assert too_many.status_code == 422
    assert "At most 60 of a class come together." in words(too_many)
    beyond = teacher.get(wish(centre, 1).replace("pupils=24", "pupils=481"))
    assert beyond.status_code == 422
    assert "from 1 to 480" in words(beyond)


def test_a_programme_that_takes_one_group_of_a_visit_is_not_offered_for_two(teacher: Visitor, centre: Centre) -> None:
    with unit_of_work():
        db.session.get_one(Programme, centre.bridges).most_groups = 1
    page = words(teacher.get(wish(centre, 1).replace("pupils=24", "pupils=40")))
    assert "become 2 groups" not in page
    assert "6A are too many for" in page


def month(page: str) -> dict[str, str]:
    """What the days of the month say that one can open."""
    days = re.findall(r'<a class="day \w+" href="[^"]*date=([-\d]+)#plans"[^>]*>(.*?)</a>', page, re.S)
    return {day: " ".join(html.unescape(re.sub("<[^>]+>", " ", shown)).split()) for day, shown in days}


def test_without_a_day_a_month_says_which_days_fit_the_whole_wish_and_leads_to_their_plans(
    teacher: Visitor, centre: Centre
) -> None:
    sessions_full(centre.bridges, centre.on)
    address = wish(centre, 1, date=None, until=None, **{"from": centre.on})
    full = teacher.get(address)
    ((day, standing),) = month(full.get_data(as_text=True)).items()
    assert (day, standing.split()[-1]) == (str(centre.on), "full")
    assert "No day in these weeks fits all of it" in words(full)
    assert "Tell me when there is room for Bridges" in words(full)
    with unit_of_work():
        db.session.execute(update(Slot).where(Slot.activity_id == centre.bridges).values(taken=0))
    shown = teacher.get(address)
    assert "1 day fits all of it" in words(shown)
    standing = month(shown.get_data(as_text=True))[day]
    times = re.search(r"fits: from (\d\d:\d\d), home (\d\d:\d\d)", standing)
    assert times, standing
    (fitting,) = {link for link in links(shown.get_data(as_text=True), "/en/school/visit?") if "&date=" in link}
    plans = words(teacher.get(fitting))
    assert f"arrive {times[1]}, leave {times[2]}" in plans
    assert "See which other days fit" in plans
    later = [link for link in links(shown.get_data(as_text=True), "/en/school/visit?") if link.endswith("#month")][-1]
    assert "No day in these weeks fits all of it" in words(teacher.get(later))


def test_a_month_reads_as_many_statements_as_a_day_and_none_while_it_is_solved(
    teacher: Visitor, centre: Centre, monkeypatch: pytest.MonkeyPatch
) -> None:
    def alone(wanted: VisitWish, days: Sequence[PlanningDay]) -> list[DayFit]:
        solving_with.append(db.session().in_transaction())
        return days_that_fit(wanted, days)

    solving_with: list[bool] = []
    monkeypatch.setattr("booking.web.teacher.planning.looking.days_that_fit", alone)
    with statements() as seen:
        shown = teacher.get(wish(centre, 2, date=None, until=None, **{"from": centre.on}))
    assert shown.status_code == 200
    assert len(seen) <= 16
    assert solving_with == [False]


def test_the_day_may_be_left_out_but_nothing_else_and_a_class_that_is_too_large_comes_first(
    teacher: Visitor, centre: Centre
) -> None:
    wrong = teacher.get(wish(centre, 1, date="", departure="08:00"))
    assert wrong.status_code == 422
    assert "The departure must be after" in words(wrong)
    assert "Choose a day from tomorrow on" not in words(wrong)
    large = teacher.get(wish(centre, 1, plan=None, days=1).replace("pupils=24", "pupils=40"))
    assert "40 pupils become 2 groups: 20 and 20" in words(large)
    assert '<button name="days" value="1">' in large.get_data(as_text=True), "then the days are shown"


def test_a_visit_that_moves_sees_the_days_on_which_it_fits_with_its_own_places(
    teacher: Visitor, centre: Centre
) -> None:
    visit = a_visit(centre, "6A", "6B", "6C")
    shown = teacher.get(
        f"/en/school/visit?move={visit.secret}&arrival=09:00&departure=15:30&lunch=y&days=1&from={centre.on}"
    )
    assert "1 day fits all of it" in words(shown)
    others = teacher.get(wish(centre, 3, date=None, **{"from": centre.on}))
    assert "No day in these weeks fits all of it" in words(others)


def test_a_price_that_was_not_shown_has_not_changed(teacher: Visitor, centre: Centre) -> None:
    plan = hidden(teacher.get(wish(centre)).get_data(as_text=True), "plan")
    form = WHO | {"plan": plan, "school_q": "solbakken", "step": "book", "seen": ""}
    answer = teacher.post("/en/school/visit", form)
    assert answer.status_code == 409
    assert "This is what it costs and who pays. Look at it, then book." in words(answer)
    other = teacher.post("/en/school/visit", form | {"seen": "0:1"})
    assert "What it costs has changed meanwhile." in words(other)


def test_the_button_for_the_same_again_says_the_school_year(teacher: Visitor, centre: Centre) -> None:
    visit = a_visit(centre)
    year = centre.on.year if centre.on.month >= 8 else centre.on.year - 1
    button = f"The same again in {year + 1}/{(year + 2) % 100:02}"
    assert button in words(teacher.get(f"/en/visit/{visit.secret}"))
    assert button in words(teacher.get(f"/en/visit/{visit.secret}/again"))


def test_each_plan_says_first_what_the_school_pays_once_the_school_is_known(teacher: Visitor, centre: Centre) -> None:
    unknown = words(teacher.get(wish(centre)))
    assert "Price: NOK 7,920" in unknown and "Say which school" in unknown
    known = teacher.get(wish(centre, school_q="solbakken"))
    assert "You pay NOK 0" in words(known) and "Bergen kommune pays NOK 7,920." in words(known)
    school = hidden(known.get_data(as_text=True), "school")
    plan = hidden(known.get_data(as_text=True), "plan")
    form = words(teacher.post("/en/school/visit", {"plan": plan, "school": school}))
    assert "You pay NOK 0" in form, "the booking begins with the school that was said"
    another = teacher.get(wish(centre, school=school, school_q="nowhere"))
    assert "We do not know that school" in words(another) and "Price: NOK 7,920" in words(another)


def test_programmes_of_other_grades_are_folded_away_but_not_those_that_are_chosen(
    teacher: Visitor, centre: Centre
) -> None:
    none_yet = teacher.get("/en/school/visit").get_data(as_text=True)
    assert "Programmes for other grades" not in none_yet
    page = teacher.get(wish(centre, classes=1).replace("grade=6", "grade=1")).get_data(as_text=True)
    unfolded = page.split("<details>")[0]
    assert all(re.search(rf'value="{programme}"\s+checked', unfolded) for programme in (centre.bridges, centre.body))


def test_my_visits_are_kept_by_ones_own_choice_and_let_go_again(teacher: Visitor, centre: Centre, app: Flask) -> None:
    a_visit(centre)
    email = db.session.scalars(select(Booking.email)).one()
    page = f"/en/my/{key_for(email, app.secret_key, clock.now())}"  # type: ignore[arg-type]  # it has one
    assert "Ninety days after a visit we forget who booked it." in words(teacher.get(page))
    for keep, told in (("1", "These visits now stay here for two school years."), ("0", "no longer than 90 days")):
        kept = teacher.post(f"{page}/keep", {"keep": keep})
        assert kept.status_code == 303
        shown = words(teacher.get(path_of(kept.location)))
        assert told in shown
        assert ("1 August 2028" in shown) == (keep == "1")
    assert teacher.post("/en/my/nonsense/keep", {"keep": "1"}).status_code == 410
