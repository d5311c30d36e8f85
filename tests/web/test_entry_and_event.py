"""Who has entry and an evening in one booking: what hangs on which, what is said of it, and how many people that is."""

from __future__ import annotations

from datetime import timedelta

from flask import Flask
from sqlalchemy import select, update

from booking.bookings.basket import Pick
from booking.bookings.confirm import confirm
from booking.bookings.details import Contact, set_details
from booking.bookings.hold import hold
from booking.bookings.models import Booking
from booking.capacity.models import Slot
from booking.catalogue.models import Activity, Kind
from booking.centre.facts import the_centre
from booking.history.last_act import TimeNamed, _moved
from booking.kernel import clock
from booking.kernel.database import db, unit_of_work
from tests.builders import a_centre, a_confirmed_booking, a_slot, a_ticket_type, an_activity, tomorrow
from tests.web.browsing import Visitor, hidden, typed, words


class Day:
    """Entry at ten and at two, and a lecture that is sold alone at twelve, on one day."""

    def __init__(self) -> None:
        a_centre()
        entry, lecture = an_activity(title="Inngang"), an_activity(Kind.LECTURE, 60, "Stjernekveld")
        self.ten, self.two = (a_slot(entry, 20, tomorrow(hour)) for hour in (10, 14))
        self.noon = a_slot(lecture, 20, tomorrow(12))
        self.adult, self.seat = a_ticket_type(entry, 21000), a_ticket_type(lecture, 0, "Plass")

    def both(self, entry: int) -> str:
        """A confirmed booking of entry and the lecture, for two; its secret."""
        picks = [Pick(entry, self.adult, 2), Pick(self.noon, self.seat, 2)]
        now = clock.now()
        with unit_of_work():
            held = hold(picks, centre=the_centre(), now=now, lang="nb")
        with unit_of_work():
            set_details(held.booking_id, Contact("Kari Nordmann", "kari@example.org"), "nb", now)
        with unit_of_work():
            confirm(held.booking_id, now)
        return held.secret


def slug_of(activity_id: int) -> str:
    return db.session.get_one(Activity, activity_id).slug


def test_who_drops_the_entry_and_keeps_the_lecture_is_told_what_goes(app: Flask, visitor: Visitor) -> None:
    day = Day()
    secret = day.both(day.ten)
    page = visitor.get(f"/nb/b/{secret}/change?slot={day.two}&q-{day.ten}-{day.adult}=0")
    assert page.status_code == 200, words(page)
    assert "Inngang" in words(page)


def test_the_visit_hangs_on_the_entry_also_where_a_lecture_begins_before_it(app: Flask, visitor: Visitor) -> None:
    day = Day()
    secret = day.both(day.two)
    page = visitor.get(f"/nb/b/{secret}/change")
    assert typed(page, f"q-{day.two}-{day.adult}") == "2"
    assert f"slot={day.ten}" in visitor.get(f"/nb/b/{secret}/change?date={tomorrow():%Y-%m-%d}").get_data(as_text=True)


def test_a_lecture_in_the_basket_is_no_entry_for_a_show(app: Flask, visitor: Visitor) -> None:
    day = Day()
    show = an_activity(Kind.SHOW, title="Bobler", needs_admission=True)
    at_three = a_slot(show, 20, tomorrow(15))
    a_ticket_type(show, 6000)
    assert visitor.hold(day.noon, day.seat, 2).status_code == 303
    there = visitor.get(f"/nb/tickets/with?show={at_three}").location
    assert f"slot={day.noon}" not in there and f"show={at_three}" in there
    assert "Bobler" in words(visitor.get(there))


def test_a_festival_that_is_entry_and_a_lecture_are_the_same_people(app: Flask) -> None:
    day = Day()
    festival = an_activity(Kind.FESTIVAL, gives_entry=True, minutes=360)
    all_day = a_slot(festival, 50, tomorrow(10))
    with unit_of_work():
        db.session.execute(update(Slot).where(Slot.id == all_day).values(ends_at=tomorrow(16)))
    picks = [Pick(all_day, a_ticket_type(festival), 2), Pick(day.noon, day.seat, 2)]
    with unit_of_work():
        held = hold(picks, centre=the_centre(), now=clock.now(), lang="nb")
    assert db.session.get_one(Booking, held.booking_id).people == 2


def test_a_festival_is_shown_as_long_ahead_as_it_is_sold_and_says_when_sale_begins(
    app: Flask, visitor: Visitor
) -> None:
    a_centre(on_sale_days=30)
    festival = an_activity(Kind.FESTIVAL, title="Lysfestivalen", minutes=360, on_sale_days=300)
    day = a_slot(festival, 50, tomorrow(10, days=200))
    a_ticket_type(festival, 29000)
    session = an_activity(Kind.SHOW, title="Laserlabyrinten", needs_admission=True, part_of_id=festival)
    a_slot(session, 10, tomorrow(10, days=200))
    page = visitor.get(f"/nb/whats-on/{slug_of(festival)}")
    assert f"slot={day}" in page.get_data(as_text=True)
    assert "Lysfestivalen" in words(visitor.get("/nb/whats-on"))
    with unit_of_work():
        db.session.execute(update(Slot).where(Slot.id == day).values(opens_at=clock.now() + timedelta(days=9)))
    programme = words(visitor.get(f"/nb/whats-on/{slug_of(festival)}")).split("Programmet")[1]
    assert "til salgs" in programme.split("Laserlabyrinten")[0]
    assert "Fullt" not in programme


def test_a_lecture_that_is_added_is_named_in_what_was_done_and_not_offered_again(app: Flask, visitor: Visitor) -> None:
    day = Day()
    secret = a_confirmed_booking(day.ten, day.adult).secret
    assert "Stjernekveld" in words(visitor.get(f"/nb/b/{secret}/add"))
    added = visitor.post(f"/nb/b/{secret}/add", {f"q-{day.noon}-{day.seat}": 2})
    assert added.status_code == 303, words(added)
    done = visitor.get(added.location).get_data(as_text=True)
    assert "Stjernekveld" in done[done.index('id="done"') :].split("</div>")[0]
    assert f"q-{day.noon}-{day.seat}" not in visitor.get(f"/nb/b/{secret}/add").get_data(as_text=True)
    assert db.session.scalar(select(Booking.people).where(Booking.secret == secret)) == 2


def test_who_gave_the_entry_up_is_told_that_and_not_that_the_visit_moved(app: Flask, visitor: Visitor) -> None:
    day = Day()
    secret = day.both(day.ten)
    page = visitor.get(f"/en/b/{secret}/change?q-{day.ten}-{day.adult}=0")
    form: dict[str, str | int] = {name: hidden(page, name) for name in ("shown", "of")}
    form |= {"slot": day.ten, f"q-{day.ten}-{day.adult}": 0, f"q-{day.noon}-{day.seat}": 2}
    assert visitor.post(f"/en/b/{secret}/change", form).status_code == 303
    after = words(visitor.get(f"/en/b/{secret}"))
    assert "Removed: Inngang" in after
    assert "10:00 →" not in after and "10:00 becomes" not in after


def test_of_two_times_of_a_lecture_one_given_up_and_one_moved_are_told_apart() -> None:
    def at(slot_id: int, hour: int) -> TimeNamed:
        return TimeNamed(slot_id, tomorrow(hour), {}, 7, Kind.LECTURE, needs_admission=False)

    times = [at(1, 14), at(2, 16), at(3, 18)]
    assert _moved(times, had={1, 2}) == {1, 3}, "two became one: the first moved, the other was given up"
