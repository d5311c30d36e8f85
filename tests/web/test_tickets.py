"""Choosing: how many, which day, which time, which tickets; and what the page says when it cannot be."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import urlencode

import pytest
from flask import Flask
from sqlalchemy import update

from booking.capacity.models import Slot, SlotStatus
from booking.catalogue.models import Activity, Kind
from booking.centre.models import DayException
from booking.kernel import clock
from booking.kernel.database import db, unit_of_work
from booking.staff.models import Role
from tests.builders import (
    a_centre,
    a_confirmed_booking,
    a_hold,
    a_sale,
    a_slot,
    a_ticket_type,
    an_activity,
    in_all,
    taken,
    tomorrow,
)
from tests.door.doors import soon
from tests.web.browsing import Visitor, statements, typed, words
from tests.web.test_desk import signed_in


def activity_of(slot_id: int) -> int:
    activity_id = db.session.get_one(Slot, slot_id).activity_id
    assert activity_id is not None
    return activity_id


def change_slot(slot_id: int, **values: object) -> None:
    with unit_of_work():
        db.session.execute(update(Slot).where(Slot.id == slot_id).values(**values))


def day_of(slot_id: int) -> str:
    return db.session.get_one(Slot, slot_id).starts_at.date().isoformat()


def test_five_weeks_with_240_slots_and_their_prices_cost_four_statements(app: Flask, visitor: Visitor) -> None:
    a_centre()
    activity = an_activity()
    a_ticket_type(activity)
    first = (clock.now() + timedelta(days=35)).replace(hour=9, minute=0, second=0, microsecond=0)
    first -= timedelta(days=first.weekday())
    with unit_of_work():
        for number in range(240):
            starts = first + timedelta(days=number // 10, minutes=30 * (number % 10))
            end = starts + timedelta(minutes=30)
            db.session.add(
                Slot(activity_id=activity, starts_at=starts, ends_at=end, capacity=60, status=SlotStatus.OPEN)
            )
    visitor.get("/nb/")
    with statements() as seen:
        page = visitor.get(f"/nb/tickets?from={first:%Y-%m-%d}")
    assert page.get_data(as_text=True).count('class="day free"') == 24
    assert len(seen) <= 4, seen


def test_a_time_with_its_tickets_costs_a_fixed_number_of_statements(app: Flask, visitor: Visitor) -> None:
    _, slot, _ = a_sale()
    with statements() as few:
        visitor.get(f"/nb/tickets?slot={slot}")
    for hour in range(11, 17):
        a_slot(activity_of(slot), 10, tomorrow(hour))
    with statements() as many:
        visitor.get(f"/nb/tickets?slot={slot}")
    assert len(many) == len(few) == 4


def test_a_time_of_a_later_month_opens_and_keeps_its_month_when_refused(app: Flask, visitor: Visitor) -> None:
    _, slot, adult = a_sale()
    later = a_slot(activity_of(slot), 10, tomorrow(12) + timedelta(days=40))
    field = f"q-{later}-{adult}"
    assert typed(visitor.get(f"/nb/tickets?party=2&slot={later}"), field) == "2"
    refused = visitor.hold(later, adult, "mange")
    assert (refused.status_code, typed(refused, field)) == (422, "mange")


def test_the_party_is_asked_first_and_kept_in_the_address(app: Flask, visitor: Visitor) -> None:
    _, slot, _ = a_sale()
    page = visitor.get(f"/nb/tickets?party=7&date={day_of(slot)}")
    assert typed(page, "party") == "7"
    assert "party=7" in page.get_data(as_text=True)


@pytest.mark.parametrize("party", ["0", "-3", "٢", "1_0", "9" * 30, "to", "2.5", ""])
def test_a_party_that_is_no_number_becomes_two(app: Flask, visitor: Visitor, party: str) -> None:
    a_sale()
    page = visitor.get(f"/nb/tickets?{urlencode({'party': party})}")
    assert page.status_code == 200
    assert typed(page, "party") == "2"


def test_a_day_is_free_few_or_full_for_the_size_of_the_party(app: Flask, visitor: Visitor) -> None:
    _, slot, adult = a_sale(capacity=10)
    a_hold(slot, adult, 4)
    day = day_of(slot)
    month = f"/nb/tickets?month={day[:7]}"
    assert 'class="day few"' in visitor.get(f"{month}&party=2").get_data(as_text=True)
    assert 'class="day full"' in visitor.get(f"{month}&party=7").get_data(as_text=True)
    with unit_of_work():
        db.session.execute(update(Slot).values(capacity=500))
    assert 'class="day free"' in visitor.get(f"{month}&party=7").get_data(as_text=True)


def test_a_full_time_offers_the_waiting_list_and_the_nearest_that_fit(app: Flask, visitor: Visitor) -> None:
    _, slot, adult = a_sale(capacity=2)
    a_hold(slot, adult, 2)
    near = a_slot(activity_of(slot), 10, tomorrow(12))
    page = visitor.get(f"/nb/tickets?party=2&slot={slot}")
    assert "Venteliste" in words(page)
    assert "Tidspunktet du valgte, er ikke lenger ledig for 2" in words(page)
    assert f"slot={near}" in page.get_data(as_text=True)


def test_where_a_month_is_full_the_next_free_time_is_named(app: Flask, visitor: Visitor) -> None:
    _, slot, adult = a_sale(capacity=2)
    a_hold(slot, adult, 2)
    later = a_slot(activity_of(slot), 10, tomorrow(days=50))
    page = visitor.get(f"/nb/tickets?party=2&month={day_of(slot)[:7]}")
    assert "Neste tidspunkt som passer for dere" in words(page)
    assert f"slot={later}" in page.get_data(as_text=True)


def test_a_closing_day_says_why(app: Flask, visitor: Visitor) -> None:
    a_sale()
    day = (clock.now() + timedelta(days=10)).date()
    with unit_of_work():
        db.session.add(DayException(on_date=day, reason=in_all("Flytting av dinosauren")))
    assert "Flytting av dinosauren" in words(visitor.get(f"/nb/tickets?month={day:%Y-%m}"))
    assert "stengt" in words(visitor.get(f"/nb/tickets?date={day}"))


def test_a_time_that_is_not_on_sale_yet_says_when_it_will_be(app: Flask, visitor: Visitor) -> None:
    _, slot, adult = a_sale()
    change_slot(slot, opens_at=clock.now() + timedelta(days=1))
    assert "til salgs" in words(visitor.get(f"/nb/tickets?date={day_of(slot)}"))
    answer = visitor.hold(slot, adult)
    assert answer.status_code == 409
    assert "Salget for det tidspunktet åpner" in words(answer)


def test_holding_goes_on_to_the_checkout_and_takes_the_places(app: Flask, visitor: Visitor) -> None:
    _, slot, adult = a_sale()
    address = visitor.checkout(slot, adult, 3)
    assert taken(slot) == 3
    assert "Nesten i mål" in words(visitor.get(address))


def test_holding_again_changes_the_basket_instead_of_taking_twice(app: Flask, visitor: Visitor) -> None:
    _, slot, adult = a_sale(capacity=4)
    first = visitor.checkout(slot, adult, 3)
    assert visitor.checkout(slot, adult, 4) == first
    assert taken(slot) == 4


def test_ones_own_basket_does_not_make_the_time_look_full(app: Flask, visitor: Visitor) -> None:
    _, slot, adult = a_sale(capacity=3)
    visitor.checkout(slot, adult, 3)
    page = visitor.get(f"/nb/tickets?party=3&slot={slot}")
    assert "Vi holder av plass til 3 personer" in words(page)
    assert typed(page, f"q-{slot}-{adult}") == "3"


def test_another_time_takes_the_basket_along(app: Flask, visitor: Visitor) -> None:
    _, slot, adult = a_sale()
    child = a_ticket_type(activity_of(slot), 17000, "Barn", brings_adult=False)
    other = a_slot(activity_of(slot), 10, tomorrow(13))
    visitor.post("/nb/tickets", {"slot": slot, f"q-{slot}-{adult}": 1, f"q-{slot}-{child}": 2})
    page = visitor.get(f"/nb/tickets?party=3&slot={other}")
    assert (typed(page, f"q-{other}-{adult}"), typed(page, f"q-{other}-{child}")) == ("1", "2")


def test_the_basket_can_be_emptied(app: Flask, visitor: Visitor) -> None:
    _, slot, adult = a_sale()
    visitor.checkout(slot, adult, 3)
    assert visitor.post("/nb/basket/empty").status_code == 303
    assert taken(slot) == 0
    assert "Tøm kurven" not in words(visitor.get("/nb/tickets"))


def test_somebody_who_was_faster_is_told_kindly_and_what_was_chosen_is_kept(app: Flask, visitor: Visitor) -> None:
    _, slot, adult = a_sale(capacity=4)
    near = a_slot(activity_of(slot), 10, tomorrow(12))
    visitor.get(f"/nb/tickets?slot={slot}")
    a_hold(slot, adult, 3)
    answer = visitor.hold(slot, adult, 2)
    assert answer.status_code == 409
    assert "Det er bare 1 plass igjen" in words(answer)
    assert typed(answer, f"q-{slot}-{adult}") == "2"
    assert f"slot={near}" in answer.get_data(as_text=True)


@pytest.mark.parametrize("quantity", ["-1", "1.5", "٢", "1_0", "mange", "99999999999999999999", "\x00"])
def test_a_quantity_that_is_no_number_is_refused_in_words_and_kept(app: Flask, visitor: Visitor, quantity: str) -> None:
    _, slot, adult = a_sale()
    answer = visitor.hold(slot, adult, quantity)
    assert answer.status_code == 422
    assert "Skriv antallet som et helt tall" in words(answer)
    assert typed(answer, f"q-{slot}-{adult}").startswith(quantity[:1].strip("\x00"))
    assert taken(slot) == 0


@pytest.mark.parametrize(
    ("lang", "sentence"),
    [("nb", "Velg minst én billett"), ("nn", "Vel minst éin billett"), ("en", "Choose at least one")],
)
def test_nothing_chosen_is_said_in_the_visitors_language(
    app: Flask, visitor: Visitor, lang: str, sentence: str
) -> None:
    _, slot, adult = a_sale()
    answer = visitor.hold(slot, adult, 0, lang)
    assert answer.status_code == 422
    assert sentence in words(answer)


def test_a_toddler_alone_is_refused(app: Flask, visitor: Visitor) -> None:
    _, slot, _ = a_sale()
    toddler = a_ticket_type(activity_of(slot), 0, "0–2", brings_adult=False, needs_adult=True)
    answer = visitor.hold(slot, toddler, 1)
    assert answer.status_code == 422
    assert "ha følge av en voksen" in words(answer)


def test_more_than_a_booking_may_have_is_refused_with_the_number(app: Flask, visitor: Visitor) -> None:
    _, slot, adult = a_sale(capacity=400, most_people=20)
    answer = visitor.hold(slot, adult, 21)
    assert answer.status_code == 422
    assert "Høyst 20" in words(answer)


def test_ids_that_do_not_exist_or_belong_elsewhere_are_refused(app: Flask, visitor: Visitor) -> None:
    _, slot, adult = a_sale()
    elsewhere = a_ticket_type(an_activity(title="Noe annet"))
    for slot_id, other in ((slot, 999999), (999999, adult), (slot, elsewhere), (10**17, adult)):
        answer = visitor.post("/nb/tickets", {"slot": slot, f"q-{slot_id}-{other}": 1})
        assert answer.status_code in (409, 422), (slot_id, other)
        assert words(answer).count("Velg") >= 1
    assert taken(slot) == 0


def test_a_form_cannot_set_a_price(app: Flask, visitor: Visitor) -> None:
    _, slot, adult = a_sale(price=21000)
    values = {"slot": slot, f"q-{slot}-{adult}": 2, "price": 1, "total": 0, f"p-{slot}-{adult}": 0}
    page = visitor.get(visitor.post("/nb/tickets", values).location)
    assert "420 kr" in words(page)


def test_shows_of_the_day_can_be_added_after_entry(app: Flask, visitor: Visitor) -> None:
    _, slot, adult = a_sale()
    show_activity = an_activity(Kind.SHOW, 30, "Bobler", needs_admission=True, stay_minutes=0)
    seat = a_ticket_type(show_activity, 6000, "Plass på show", brings_adult=False)
    before = a_slot(show_activity, 30, tomorrow(9))
    after = a_slot(show_activity, 30, tomorrow(12))
    page = visitor.get(f"/nb/tickets?slot={slot}&party=2").get_data(as_text=True)
    assert f"q-{after}-{seat}" in page
    assert f"q-{before}-{seat}" not in page
    visitor.post("/nb/tickets", {"slot": slot, f"q-{slot}-{adult}": 2, f"q-{after}-{seat}": 2})
    assert (taken(slot), taken(after)) == (2, 2)


@pytest.mark.parametrize("status", [SlotStatus.CLOSED, SlotStatus.CANCELLED])
def test_a_show_that_is_closed_is_offered_nowhere(app: Flask, visitor: Visitor, status: SlotStatus) -> None:
    _, slot, _ = a_sale()
    show_activity = an_activity(Kind.SHOW, 30, "Bobler", needs_admission=True, stay_minutes=0)
    seat = a_ticket_type(show_activity, 6000, "Plass på show")
    show = a_slot(show_activity, 30, tomorrow(12))
    signed_in(visitor, Role.DESK)
    today = a_slot(activity_of(slot), 20, soon(10))
    show_today = a_slot(show_activity, 30, soon(60))
    pages = (f"/nb/tickets?slot={slot}&party=2", "/nb/", f"/staff/desk/sell?slot={today}")
    for page in pages:
        assert "Bobler" in words(visitor.get(page))
    for changed in (show, show_today):
        change_slot(changed, status=status)
    for page in pages:
        assert "Bobler" not in words(visitor.get(page))
    assert f"q-{show}-{seat}" not in visitor.get(pages[0]).get_data(as_text=True)


def test_a_show_that_is_not_on_sale_yet_cannot_be_added(app: Flask, visitor: Visitor) -> None:
    _, slot, _ = a_sale()
    show_activity = an_activity(Kind.SHOW, 30, "Bobler", needs_admission=True, stay_minutes=0)
    a_ticket_type(show_activity, 6000, "Plass på show")
    show = a_slot(show_activity, 30, tomorrow(12))
    change_slot(show, opens_at=clock.now() + timedelta(days=1))
    assert "Bobler" not in words(visitor.get(f"/nb/tickets?slot={slot}&party=2"))


def test_a_show_without_entry_is_refused_with_the_reason(app: Flask, visitor: Visitor) -> None:
    _, slot, _ = a_sale()
    show_activity = an_activity(Kind.SHOW, 30, "Bobler", needs_admission=True, stay_minutes=0)
    seat = a_ticket_type(show_activity, 6000, "Plass på show")
    after = a_slot(show_activity, 30, tomorrow(12))
    answer = visitor.post("/nb/tickets", {"slot": slot, f"q-{after}-{seat}": 2})
    assert answer.status_code == 422
    assert "inngang" in words(answer)


@pytest.mark.parametrize("status", [SlotStatus.CLOSED, SlotStatus.CANCELLED])
def test_a_time_that_closes_meanwhile_is_refused(app: Flask, visitor: Visitor, status: SlotStatus) -> None:
    _, slot, adult = a_sale()
    change_slot(slot, status=status)
    answer = visitor.hold(slot, adult)
    assert answer.status_code == 409
    assert "stengt" in words(answer)


def test_a_time_that_has_begun_is_not_sold(app: Flask, visitor: Visitor) -> None:
    _, slot, adult = a_sale()
    change_slot(slot, starts_at=clock.now() - timedelta(hours=3), ends_at=clock.now() - timedelta(hours=2))
    answer = visitor.hold(slot, adult)
    assert answer.status_code == 409


@pytest.mark.parametrize(
    "query",
    [
        "month=2026-13", "month=9999-01", "month=0000-00", "date=2026-02-31", "date=nå", "slot=-1", "slot=" + "9" * 40,
        "slot=1;drop", "date=1970-01-01", "party=2&party=3&month=2027-02-01",
    ],
)  # fmt: skip
def test_an_address_that_was_mistyped_shows_the_calendar(app: Flask, visitor: Visitor, query: str) -> None:
    a_sale()
    page = visitor.get(f"/nb/tickets?{query}")
    assert page.status_code == 200
    assert "Hvor mange er dere" in words(page)


def test_a_centre_that_sells_nothing_yet_says_so(app: Flask, visitor: Visitor) -> None:
    a_centre()
    assert visitor.get("/nb/tickets").status_code == 200
    assert "Det er ikke noe ledig de neste to ukene" in words(visitor.get("/nb/"))


def test_the_front_page_shows_next_times_and_shows(app: Flask, visitor: Visitor) -> None:
    _, slot, _ = a_sale()
    show_activity = an_activity(Kind.SHOW, 30, "Bobler", needs_admission=True)
    a_ticket_type(show_activity, 6000)
    a_slot(show_activity, 30, tomorrow(12))
    page = visitor.get("/nb/")
    assert f"slot={slot}" in page.get_data(as_text=True)
    assert "Bobler" in words(page)


def test_a_basket_of_a_finished_purchase_is_not_changed_by_the_next(app: Flask, visitor: Visitor) -> None:
    _, slot, adult = a_sale()
    visitor.buy(slot, adult, 2)
    visitor.checkout(slot, adult, 3)
    assert taken(slot) == 5


def test_what_is_sold_is_seen_by_the_next_visitor_at_once(app: Flask, visitor: Visitor) -> None:
    _, slot, adult = a_sale(capacity=3)
    address = f"/nb/tickets?party=3&month={day_of(slot)[:7]}"
    assert 'class="day few"' in visitor.get(address).get_data(as_text=True)
    a_confirmed_booking(slot, adult, 1)
    assert 'class="day full"' in visitor.get(address).get_data(as_text=True)


def test_activities_that_are_not_for_sale_are_not_offered(app: Flask, visitor: Visitor) -> None:
    _, slot, adult = a_sale()
    with unit_of_work():
        db.session.execute(update(Activity).values(kind=Kind.PROGRAMME))
    assert visitor.hold(slot, adult).status_code in (409, 422)


def test_a_party_beyond_the_limit_is_told_so_in_our_words_and_fields_allow_what_it_does(
    app: Flask, visitor: Visitor
) -> None:
    a_centre(most_people=25)
    entry = an_activity()
    a_ticket_type(entry)
    slot = a_slot(entry, 60, tomorrow())
    page = visitor.get(f"/en/tickets?party=25&slot={slot}&date={day_of(slot)}").get_data(as_text=True)
    assert 'max="25" value="25"' in page
    day = visitor.get(f"/en/tickets?party=25&date={day_of(slot)}").get_data(as_text=True)
    assert "novalidate" in page and "novalidate" in day  # or the browser would say it in words of its own
    answer = visitor.get("/en/tickets?party=26")
    assert answer.status_code == 422
    assert "At most 25 in one booking. For larger groups, please write to us." in words(answer)
