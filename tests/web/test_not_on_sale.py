"""What is not on sale yet says so and from when, wherever a teacher looks: no day reads as if it were closed."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import select, update

from booking.capacity.models import Slot
from booking.centre.facts import the_centre
from booking.centre.models import Centre as CentreRow
from booking.centre.wording import Wording
from booking.kernel import clock
from booking.kernel.database import db, unit_of_work
from tests.visits.booked import Centre
from tests.web.browsing import Visitor, words
from tests.web.test_teachers import wish


@pytest.fixture
def opens_at(centre: Centre) -> datetime:
    """All times of that day are made; the programmes are on sale a week before."""
    moment = datetime.combine(centre.on - timedelta(days=7), datetime.min.time(), centre.facts.zone).replace(hour=9)
    with unit_of_work():
        of_programmes = Slot.activity_id.in_([centre.bridges, centre.body])
        db.session.execute(update(Slot).where(of_programmes).values(opens_at=moment))
    assert moment > clock.now()
    return moment


def told(moment: datetime) -> str:
    return " ".join(Wording.of("en", the_centre()).moment(moment).split())  # as `words` reads what does not break


def beyond(centre: Centre, days: int) -> date:
    """A weekday so many days after the last that is on sale by rule."""
    day = clock.now().date() + timedelta(days=centre.facts.on_sale_days + days)
    return day + timedelta(days=(7 - day.weekday()) % 7)


def test_its_day_in_the_month_is_not_closed(teacher: Visitor, centre: Centre, opens_at: datetime) -> None:
    page = teacher.get(wish(centre, 1, plan=None, days=1))
    assert "not yet , opens" in words(page)
    assert f"is not on sale yet: it opens {told(opens_at)}. Later days follow in turn." in words(page)
    assert 'class="day not_yet" href=' in page.text, "its page says more"


def test_the_page_of_the_day_says_when(teacher: Visitor, centre: Centre, opens_at: datetime) -> None:
    page = words(teacher.get(wish(centre, 2)))
    assert f"Bridges is not on sale for that day yet: it opens {told(opens_at)}." in page
    assert page.count("Bridges is not on sale") == 1, "once, however many classes"
    assert "is not held that day" not in page


def test_of_the_exhibition_alone_it_is_said_too(teacher: Visitor, centre: Centre) -> None:
    page = words(teacher.get(wish(centre, 1, date=beyond(centre, 7)).split("&programme=")[0]))
    assert "That day is not on sale yet: it opens" in page


def test_days_that_no_times_are_made_for_yet_open_by_rule(teacher: Visitor, centre: Centre) -> None:
    far = beyond(centre, 14)
    opens = far - timedelta(days=centre.facts.on_sale_days)
    page = words(teacher.get(wish(centre, 1, date=far)))
    assert f"Bridges is not on sale for that day yet: it opens {opens:%A} {opens.day} {opens:%B}" in page
    page = words(teacher.get(wish(centre, 1, date=far, plan=None, days=1)))
    assert "These weeks are not on sale yet" in page


def test_whoever_asks_for_a_day_years_ahead_reads_when_to_ask_again(teacher: Visitor, centre: Centre) -> None:
    page = teacher.get(wish(centre, 1, date=clock.now().date() + timedelta(days=700)))
    assert page.status_code == 422 and "That day is not on sale yet: it opens" in words(page)
    page = teacher.get(wish(centre, 1, date="9999-12-31"))
    assert page.status_code == 422


def test_the_programmes_own_month_says_how_far_it_goes(teacher: Visitor, centre: Centre) -> None:
    with unit_of_work():
        db.session.execute(update(CentreRow).values(on_sale_days=60))
    last = clock.now().date() + timedelta(days=60)
    month = f"{last.replace(day=1):%Y-%m}"
    page = words(teacher.get(f"/en/school/bridges?month={month}"))
    assert f"Days after {last:%A} {last.day} {last:%B}" in page and "each opens 60 days before." in page
    assert db.session.scalars(select(Slot.id)).all()
    near = words(teacher.get(f"/en/school/bridges?month={clock.now():%Y-%m}"))
    assert "are not on sale yet" not in near
