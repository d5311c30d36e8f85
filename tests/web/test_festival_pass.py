"""The pages of a festival pass: sold beside the day ticket, read, changed and given up as one ticket for all days."""

from __future__ import annotations

from flask import Flask
from sqlalchemy import select, update

from booking.bookings.models import Booking, Line
from booking.capacity.models import Slot, SlotStatus
from booking.catalogue.models import Activity, Kind
from booking.kernel.database import db, unit_of_work
from booking.running.check import breaches
from tests.bookings.festivals import Festival
from tests.builders import a_hold, a_slot, a_ticket_type, an_activity, taken, tomorrow
from tests.closures.closing import closed
from tests.web.browsing import Visitor, path_of, typed, words


def secret_of(booking: str) -> str:
    return booking.rsplit("/", 1)[1].split("?")[0]


def test_the_ticket_page_sells_the_pass_beside_the_day_ticket_and_says_its_days(app: Flask, visitor: Visitor) -> None:
    on = Festival()
    page = visitor.get(f"/nb/tickets?slot={on.days[1]}&party=2")
    assert "Dagsbillett" in words(page) and "Festivalpass" in words(page)
    assert typed(page, f"q-{on.days[1]}-{on.of_all}") == "0"
    told = words(page).split("For alle dagene av festivalen: ")[1]
    assert all(f"{tomorrow(days=3 + day).day}. " in told[:80] for day in range(3))
    assert "500 kr" in words(page)


def test_the_page_of_the_festival_says_what_the_pass_costs_and_when_it_is_sold_out(
    app: Flask, visitor: Visitor
) -> None:
    on = Festival((10, 2, 10))
    slug = db.session.get_one(Activity, on.activity).slug
    page = words(visitor.get(f"/nb/whats-on/{slug}"))
    assert "Festivalpass" in page and "For alle dagene av festivalen: " in page
    assert "Utsolgt" not in page
    a_hold(on.days[1], on.of_a_day, 2)
    assert "Utsolgt" in words(visitor.get(f"/nb/whats-on/{slug}"))
    sold_out = visitor.get(f"/nb/tickets?slot={on.days[0]}&party=2")
    assert "Utsolgt" in words(sold_out)
    assert f'name="q-{on.days[0]}-{on.of_all}"' not in sold_out.get_data(as_text=True)


def test_a_festival_that_has_begun_or_lost_all_but_a_day_sells_no_pass(app: Flask, visitor: Visitor) -> None:
    on = Festival((10, 10))
    with unit_of_work():
        db.session.execute(update(Slot).where(Slot.id == on.days[1]).values(status=SlotStatus.CANCELLED))
    assert "Festivalpass" not in words(visitor.get(f"/nb/tickets?slot={on.days[0]}&party=2"))
    assert visitor.hold(on.days[0], on.of_all, 1).status_code == 422


def test_who_is_too_late_for_one_of_the_days_is_told_and_keeps_what_was_typed(app: Flask, visitor: Visitor) -> None:
    on = Festival((10, 2, 10))
    visitor.get(f"/nb/tickets?slot={on.days[0]}")
    a_hold(on.days[1], on.of_a_day, 1)
    refused = visitor.hold(on.days[0], on.of_all, 2)
    assert refused.status_code == 409
    assert typed(refused, f"q-{on.days[0]}-{on.of_all}") == "2"


def test_a_pass_is_one_line_in_the_basket_and_on_the_page_of_the_booking(app: Flask, visitor: Visitor) -> None:
    on = Festival()
    basket = words(visitor.get(visitor.checkout(on.days[0], on.of_all, 2)))
    assert basket.count("2 × Festivalpass") == 1 and "1 000 kr" in basket
    booking = words(visitor.get(visitor.buy(on.days[0], on.of_all, 2)))
    assert booking.count("2 × Festivalpass") == 1
    assert "For alle dagene av festivalen: " in booking
    assert "slipper dere inn én gang hver dag" in booking
    assert breaches() == []


def test_its_calendar_has_each_day_and_its_paper_each_days_tickets(app: Flask, visitor: Visitor) -> None:
    on = Festival()
    booking = visitor.buy(on.days[0], on.of_all, 1)
    calendar = visitor.get(f"{booking}/calendar.ics").get_data(as_text=True)
    assert calendar.count("BEGIN:VEVENT") == 3
    assert visitor.get(f"{booking}/tickets.pdf").mimetype == "application/pdf"


def test_the_number_of_passes_is_changed_but_not_their_days(app: Flask, visitor: Visitor) -> None:
    on = Festival()
    booking = visitor.buy(on.days[0], on.of_all, 3)
    page = visitor.get(f"{booking}/change")
    assert "kan derfor ikke flyttes til en annen dag" in words(page)
    assert 'class="month"' not in page.get_data(as_text=True)
    assert typed(page, f"q-{on.days[0]}-{on.of_all}") == "3"
    assert f"q-{on.days[1]}-" not in page.get_data(as_text=True)
    fewer = {"slot": on.days[0], f"q-{on.days[0]}-{on.of_all}": 1}
    means = visitor.get(f"{booking}/change?slot={on.days[0]}&q-{on.days[0]}-{on.of_all}=1")
    assert "1 000 kr" in words(means)
    assert visitor.post(f"{booking}/change", fewer | {"shown": 100000}).status_code == 303
    assert on.taken == [1, 1, 1]
    assert breaches() == []


def test_more_passes_are_paid_and_then_held_on_each_day(app: Flask, visitor: Visitor) -> None:
    on = Festival()
    booking = visitor.buy(on.days[0], on.of_all, 1)
    visitor.get(f"{booking}/change")
    answer = visitor.post(f"{booking}/change", {"slot": on.days[0], f"q-{on.days[0]}-{on.of_all}": 2})
    assert answer.status_code == 303
    assert on.taken == [2, 2, 2]
    till = visitor.pay(path_of(answer.location)).location
    assert visitor.get(path_of(visitor.post(till, {"play": "pay"}).location)).status_code == 303
    db.session.rollback()
    total = db.session.scalar(select(Booking.total).where(Booking.secret == secret_of(booking)))
    assert (total, on.taken) == (100000, [2, 2, 2])
    assert breaches() == []


def test_who_asks_for_another_day_is_told_kindly_that_a_pass_stays(app: Flask, visitor: Visitor) -> None:
    on = Festival()
    other = a_slot(on.activity, 10, tomorrow(days=40))
    booking = visitor.buy(on.days[0], on.of_all, 1)
    visitor.get(f"{booking}/change")
    refused = visitor.post(f"{booking}/change", {"slot": other, f"q-{on.days[0]}-{on.of_all}": 1})
    assert refused.status_code == 422
    assert "kan derfor ikke flyttes til en annen dag" in words(refused)
    assert (on.taken, taken(other)) == ([1, 1, 1], 0)


def test_a_pass_is_cancelled_whole_and_all_of_its_price_comes_back(app: Flask, visitor: Visitor) -> None:
    on = Festival()
    booking = visitor.buy(on.days[0], on.of_all, 2)
    assert "1 000 kr" in words(visitor.get(f"{booking}/cancel"))
    assert visitor.post(f"{booking}/cancel", {"shown": 100000}).status_code == 303
    assert on.taken == [0, 0, 0]
    assert breaches() == []


def test_receipts_have_the_vat_of_each_days_share_to_the_oere(app: Flask, visitor: Visitor) -> None:
    on = Festival(price=50001)
    booking = visitor.buy(on.days[0], on.of_all, 1)
    assert "500,01" in words(visitor.get(f"{booking}/receipts"))
    shares = db.session.scalars(select(Line.unit_price).order_by(Line.id))
    assert [*shares] == [16667, 16667, 16667]
    assert breaches() == []


def test_what_can_be_added_stands_under_its_day_and_the_pass_itself_is_not_among_it(
    app: Flask, visitor: Visitor
) -> None:
    on = Festival()
    workshop = an_activity(Kind.WORKSHOP, title="Laserlabyrinten", needs_admission=True, part_of_id=on.activity)
    session, place = a_slot(workshop, 10, tomorrow(13, days=4)), a_ticket_type(workshop, 0, "Plass")
    booking = visitor.buy(on.days[0], on.of_all, 2)
    page = visitor.get(f"{booking}/add")
    assert "Laserlabyrinten" in words(page) and f"{tomorrow(days=4).day}. " in words(page)
    assert f"q-{on.days[1]}-" not in page.get_data(as_text=True)
    assert visitor.post(f"{booking}/add", {f"q-{session}-{place}": 2}).status_code == 303
    assert taken(session) == 2
    assert "Laserlabyrinten" in words(visitor.get(f"{booking}/change"))


def test_who_has_a_pass_is_told_what_comes_back_for_a_closed_day(app: Flask, visitor: Visitor) -> None:
    on = Festival()
    booking = visitor.buy(on.days[0], on.of_all, 2)
    closed(on.days[1])
    page = visitor.get(f"{booking}/closed")
    assert "333,34" in words(page) and "1 000 kr" in words(page)


def test_the_waiting_list_of_a_day_is_for_the_day(app: Flask, visitor: Visitor) -> None:
    on = Festival((2, 10, 10))
    a_hold(on.days[0], on.of_a_day, 2)
    page = words(visitor.get(f"/nb/waiting-list?slot={on.days[0]}&party=2"))
    assert "Dagsbillett" in page and "Festivalpass" not in page
