"""My booking: what it shows in each state, its files, change, cancel, find, waiting list, newsletter."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import delete, select, update

from booking.bookings.models import Booking, State, Ticket
from booking.capacity.models import Claim, Slot
from booking.catalogue.models import Activity
from booking.kernel import clock
from booking.kernel.database import db, unit_of_work
from booking.newsletter.models import Subscriber
from booking.outbox.models import Promise
from booking.payments.models import Refund
from booking.running.check import breaches
from tests.builders import a_confirmed_booking, a_hold, a_sale, a_slot, a_ticket_type, taken, tomorrow
from tests.web.browsing import Visitor, hidden, path_of, typed, words
from tests.web.test_tickets import activity_of


def promised(kind: str) -> int:
    db.session.rollback()
    return len(db.session.scalars(select(Promise.key).where(Promise.kind == kind)).all())


def test_a_confirmed_booking_shows_one_code_for_all_and_single_ones(app: Flask, visitor: Visitor) -> None:
    _, slot, adult = a_sale()
    page = visitor.get(visitor.buy(slot, adult, 3))
    assert "Én kode for alle 3" in words(page)
    assert page.get_data(as_text=True).count('class="qr"') == 4
    reference = db.session.scalars(select(Booking.reference)).one()
    assert reference in words(page).replace(" ", "")


def test_a_page_with_a_secret_is_kept_from_caches_robots_and_referrers(app: Flask, visitor: Visitor) -> None:
    _, slot, adult = a_sale()
    headers = visitor.get(visitor.buy(slot, adult)).headers
    assert headers["Cache-Control"] == "no-store"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert "noindex" in headers["X-Robots-Tag"]


def test_its_files_are_what_they_say(app: Flask, visitor: Visitor) -> None:
    _, slot, adult = a_sale()
    booking = visitor.buy(slot, adult)
    tickets, calendar, receipt = (
        visitor.get(f"{booking}/{name}") for name in ("tickets.pdf", "calendar.ics", "receipt.pdf")
    )
    assert tickets.data.startswith(b"%PDF")
    assert receipt.data.startswith(b"%PDF")
    assert b"BEGIN:VEVENT" in calendar.data
    assert {file.status_code for file in (tickets, calendar, receipt)} == {200}


@pytest.mark.parametrize("name", ["", "/tickets.pdf", "/calendar.ics", "/receipt.pdf", "/change", "/cancel"])
def test_a_wrong_secret_opens_nothing(app: Flask, visitor: Visitor, name: str) -> None:
    a_sale()
    answer = visitor.get(f"/nb/b/4BKC9RC7M7AWJB3W3C1D4JSVCV{name}")
    assert answer.status_code == 404
    assert "Vi finner ikke den siden" in words(answer)


def test_the_reference_alone_opens_nothing(app: Flask, visitor: Visitor) -> None:
    _, slot, adult = a_sale()
    visitor.buy(slot, adult)
    reference = db.session.scalars(select(Booking.reference)).one()
    assert visitor.get(f"/nb/b/{reference}").status_code == 404


def test_a_slow_bank_keeps_the_page_asking_without_scripting(app: Flask, visitor: Visitor) -> None:
    _, slot, adult = a_sale()
    till = path_of(visitor.pay(visitor.checkout(slot, adult)).location)
    booking = path_of(visitor.post(till, {"play": "later"}).location)
    page = visitor.get(booking)
    assert "Vi venter på banken din" in words(page)
    assert page.headers["Refresh"] == "5"
    with time_machine.travel(clock.now() + timedelta(seconds=25), tick=False):
        assert "Bestillingen er bekreftet" in words(visitor.get(booking))


def test_the_tickets_can_be_sent_again(app: Flask, visitor: Visitor) -> None:
    _, slot, adult = a_sale()
    booking = visitor.buy(slot, adult)
    before = promised("mail.confirmation") + promised("mail.resend")
    answer = visitor.post(f"{booking}/resend")
    assert answer.status_code in (200, 303)
    assert promised("mail.confirmation") + promised("mail.resend") >= before


def test_needs_can_be_told_later(app: Flask, visitor: Visitor) -> None:
    _, slot, adult = a_sale()
    booking = visitor.buy(slot, adult)
    visitor.post(f"{booking}/needs", {"needs": "Teleslynge"})
    assert typed(visitor.get(booking), "needs") == "Teleslynge"


def test_too_long_needs_are_refused_and_the_earlier_kept(app: Flask, visitor: Visitor) -> None:
    _, slot, adult = a_sale()
    booking = visitor.buy(slot, adult)
    visitor.post(f"{booking}/needs", {"needs": "Teleslynge"})
    answer = visitor.post(f"{booking}/needs", {"needs": "x" * 401})
    assert answer.status_code == 422 or len(typed(visitor.get(booking), "needs")) <= 400


def test_another_time_moves_the_places_and_keeps_the_codes(app: Flask, visitor: Visitor) -> None:
    _, slot, adult = a_sale()
    other = a_slot(activity_of(slot), 10, tomorrow(13))
    booking = visitor.buy(slot, adult, 3)
    codes = set(db.session.scalars(select(Ticket.code)))
    assert "Du beholder plassene" in words(visitor.get(f"{booking}/change"))
    answer = visitor.post(f"{booking}/change", {"slot": other, f"q-{slot}-{adult}": 3})
    assert path_of(answer.location) == f"{booking}#done"
    assert (taken(slot), taken(other)) == (0, 3)
    assert set(db.session.scalars(select(Ticket.code).where(Ticket.void.is_(False)))) == codes
    assert promised("mail.change") == 1


def sent_back() -> list[int]:
    """What was promised back, in order."""
    db.session.rollback()
    return list(db.session.scalars(select(Refund.amount).order_by(Refund.id)))


def test_fewer_promises_the_difference_back(app: Flask, visitor: Visitor) -> None:
    _, slot, adult = a_sale()
    booking = visitor.buy(slot, adult, 3)
    asks = visitor.post(f"{booking}/change", {"slot": slot, f"q-{slot}-{adult}": 2})
    assert "Du får tilbake 210 kr" in words(asks)
    assert (taken(slot), sent_back()) == (3, [])
    visitor.post(f"{booking}/change", {"slot": slot, f"q-{slot}-{adult}": 2, "shown": hidden(asks, "shown")})
    assert (taken(slot), sent_back()) == (2, [21000])
    assert "210 kr er på vei tilbake" in words(visitor.get(booking))


def test_more_is_paid_first_and_changes_then(app: Flask, visitor: Visitor) -> None:
    _, slot, adult = a_sale()
    booking = visitor.buy(slot, adult, 2)
    checkout = path_of(visitor.post(f"{booking}/change", {"slot": slot, f"q-{slot}-{adult}": 4}).location)
    page = words(visitor.get(checkout))
    assert "Betal for endringen" in page
    assert "420 kr" in page
    assert "Én kode for alle 2" in words(visitor.get(booking))
    till = path_of(visitor.post(checkout).location)
    visitor.get(path_of(visitor.post(till, {"play": "pay"}).location))
    assert "Én kode for alle 4" in words(visitor.get(booking))
    assert taken(slot) == 4
    assert breaches() == []


def test_a_change_that_does_not_fit_leaves_all_as_it_was(app: Flask, visitor: Visitor) -> None:
    _, slot, adult = a_sale(capacity=10)
    other = a_slot(activity_of(slot), 2, tomorrow(13))
    a_hold(other, adult, 1)
    booking = visitor.buy(slot, adult, 3)
    answer = visitor.post(f"{booking}/change", {"slot": other, f"q-{slot}-{adult}": 3})
    assert answer.status_code == 409
    assert "Bestillingen er som før" in words(answer)
    assert (taken(slot), taken(other)) == (3, 1)


@pytest.mark.parametrize("quantity", ["-1", "tre", "0", "9999"])
def test_nonsense_in_a_change_is_refused_in_words(app: Flask, visitor: Visitor, quantity: str) -> None:
    _, slot, adult = a_sale()
    booking = visitor.buy(slot, adult, 3)
    answer = visitor.post(f"{booking}/change", {"slot": slot, f"q-{slot}-{adult}": quantity})
    assert answer.status_code in (409, 422)
    assert typed(answer, f"q-{slot}-{adult}") == quantity
    assert taken(slot) == 3


def test_too_late_to_change_says_until_when_it_was_possible(app: Flask, visitor: Visitor) -> None:
    _, slot, adult = a_sale()
    booking = visitor.buy(slot, adult, 3)
    start = db.session.get_one(Slot, slot).starts_at
    with time_machine.travel(start - timedelta(hours=1), tick=False):
        page = visitor.get(booking)
        assert "kan ikke lenger endres her" in words(page)
        answer = visitor.post(f"{booking}/cancel")
    assert answer.status_code == 409
    assert "Dette var mulig fram til" in words(answer)
    assert taken(slot) == 3


def test_cancelling_shows_what_comes_back_and_twice_is_once(app: Flask, visitor: Visitor) -> None:
    _, slot, adult = a_sale(price=21000)
    booking = visitor.buy(slot, adult, 3)
    assert "Du får alt tilbake: 630 kr" in words(visitor.get(f"{booking}/cancel"))
    assert visitor.post(f"{booking}/cancel").status_code == 303
    assert visitor.post(f"{booking}/cancel").status_code == 303
    assert taken(slot) == 0
    assert (sent_back(), promised("mail.cancellation")) == ([63000], 1)
    assert "Denne bestillingen er avbestilt" in words(visitor.get(booking))
    assert visitor.get(f"{booking}/tickets.pdf").status_code in (404, 409, 410)


def test_close_to_the_visit_the_page_says_that_nothing_comes_back(app: Flask, visitor: Visitor) -> None:
    _, slot, adult = a_sale(late_refund_percent=0)
    booking = visitor.buy(slot, adult, 3)
    with time_machine.travel(db.session.get_one(Slot, slot).starts_at - timedelta(hours=12), tick=False):
        assert "får du ingenting tilbake" in words(visitor.get(f"{booking}/cancel"))


def test_the_answer_is_the_same_whether_the_address_is_known_or_not(app: Flask, visitor: Visitor) -> None:
    _, slot, adult = a_sale()
    visitor.buy(slot, adult)
    known = visitor.post("/nb/my-booking", {"email": "kari@example.org"})
    unknown = visitor.post("/nb/my-booking", {"email": "ukjent@example.org"})
    assert words(known) == words(unknown)
    assert known.status_code == unknown.status_code == 200


def test_asking_again_and_again_sends_one_letter(app: Flask, visitor: Visitor) -> None:
    a_sale()
    with time_machine.travel(clock.now().replace(minute=1), tick=False):
        for address in ("kari@example.org", "Kari@Example.org", "kari@example.org"):
            visitor.post("/nb/my-booking", {"email": address})
    assert promised("mail.find") == 1


@pytest.mark.parametrize("address", ["", "kari", "a b@example.org", "x" * 300 + "@example.org"])
def test_no_address_is_no_question(app: Flask, visitor: Visitor, address: str) -> None:
    a_sale()
    answer = visitor.post("/nb/my-booking", {"email": address})
    assert answer.status_code == 422
    assert typed(answer, "email") == address
    assert promised("mail.find") == 0


def test_opening_the_newsletters_link_does_nothing_and_saying_yes_does(app: Flask, visitor: Visitor) -> None:
    _, slot, adult = a_sale()
    checkout = visitor.checkout(slot, adult)
    visitor.get(checkout)
    till = path_of(visitor.pay(checkout, topics="shows").location)
    visitor.get(path_of(visitor.post(till, {"play": "pay"}).location))
    secret = db.session.scalars(select(Subscriber.secret)).one()
    visitor.get(f"/nb/newsletter/{secret}")
    assert subscriber().confirmed_at is None
    assert "Du hører fra oss" in words(visitor.post(f"/nb/newsletter/{secret}"))
    assert subscriber().confirmed_at is not None
    assert "Da hører du ikke fra oss" in words(visitor.post(f"/nb/newsletter/{secret}/leave"))
    assert visitor.post("/nb/newsletter/4BKC9RC7M7AWJB3W3C1D4JSVCV").status_code == 404


def subscriber() -> Subscriber:
    db.session.rollback()
    return db.session.scalars(select(Subscriber).execution_options(populate_existing=True)).one()


def test_a_party_waits_for_any_of_several_times_and_may_leave(app: Flask, visitor: Visitor) -> None:
    _, slot, adult = a_sale(capacity=2)
    other = a_slot(activity_of(slot), 2, tomorrow(13))
    a_hold(slot, adult, 2)
    a_hold(other, adult, 2)
    visitor.get(f"/nb/waiting-list?slot={slot}&party=2")
    values: dict[str, str | int | list[str]] = {
        "around": slot,
        "party": 2,
        "slot": [str(slot), str(other)],
        f"q-{slot}-{adult}": 2,
    }
    answer = visitor.post("/nb/waiting-list", values | {"name": "Kari", "email": "kari@example.org"})
    assert answer.status_code == 303, words(answer)
    page = visitor.get(answer.location)
    assert "Plass til 2 personer" in words(page)
    assert page.get_data(as_text=True).count("<li>") >= 2
    visitor.post(f"{answer.location}/leave")
    assert "ikke lenger på listen" in words(visitor.get(answer.location))


@pytest.mark.parametrize(
    "changed", [{"name": ""}, {"email": "tull"}, {"quantity": "0"}, {"quantity": "mange"}, {"slot": "999999"}]
)
def test_a_wrong_wish_for_the_waiting_list_is_refused_and_kept(
    app: Flask, visitor: Visitor, changed: dict[str, str]
) -> None:
    _, slot, adult = a_sale(capacity=2)
    a_hold(slot, adult, 2)
    wish = {"name": "Kari", "email": "kari@example.org", "slot": str(slot), "quantity": "2"} | changed
    values: dict[str, str | int | list[str]] = {"around": slot, "party": 2, f"q-{slot}-{adult}": wish.pop("quantity")}
    values.update(wish)
    answer = visitor.post("/nb/waiting-list", values)
    assert answer.status_code in (409, 422)
    assert typed(answer, "name") == wish["name"]
    assert promised("mail.waiting") == 0


def test_what_was_used_thanks_and_what_was_not_says_that_its_day_is_over(app: Flask, visitor: Visitor) -> None:
    _, slot, adult = a_sale()
    booking = visitor.buy(slot, adult)
    page = words(visitor.get(booking))
    assert "Bestillingen er bekreftet" in page
    with time_machine.travel(clock.now() + timedelta(days=5), tick=False):
        page = words(visitor.get(booking))
        assert "Dagen for denne bestillingen er over" in page
        assert "Bestillingen er bekreftet" not in page
        assert "Takk for besøket" not in page
        assert "Avbestill" not in re.sub("Endre og avbestille", "", page)
        with unit_of_work():
            db.session.execute(update(Ticket).values(admitted=1))
        page = words(visitor.get(booking))
    assert "Takk for besøket" in page
    assert "Billettene er brukt" in page
    assert "Bestillingen er bekreftet" not in page


def test_who_is_let_in_early_is_not_told_that_tickets_are_on_their_way(app: Flask, visitor: Visitor) -> None:
    _, slot, adult = a_sale()
    booking = visitor.buy(slot, adult)
    with unit_of_work():
        db.session.execute(update(Ticket).values(admitted=1))
    page = words(visitor.get(booking))
    assert "Billettene er brukt" in page
    assert "på vei" not in page


def test_money_that_came_too_late_is_explained(app: Flask, visitor: Visitor) -> None:
    _, slot, adult = a_sale(capacity=2)
    till = path_of(visitor.pay(visitor.checkout(slot, adult, 2)).location)
    with unit_of_work():
        db.session.execute(update(Booking).values(state=State.EXPIRED, held_until=None))
        db.session.execute(update(Slot).values(capacity=2))
    with unit_of_work():
        db.session.execute(delete(Claim))
        db.session.execute(update(Slot).values(taken=0))
    a_hold(slot, a_ticket_type(activity_of(slot)), 2)
    booking = path_of(visitor.post(till, {"play": "pay"}).location)
    page = words(visitor.get(booking))
    assert "Plassene var borte da betalingen kom" in page
    assert breaches() == []


def test_the_form_of_a_change_knows_how_many_one_booking_may_have(app: Flask, visitor: Visitor) -> None:
    _, slot, adult = a_sale()
    with unit_of_work():
        db.session.execute(update(Activity).values(most_places=3))
    secret = a_confirmed_booking(slot, adult, 2).secret
    page = visitor.get(f"/nb/b/{secret}/change").get_data(as_text=True)
    assert re.search(rf'name="q-{slot}-{adult}"[^>]* max="3"', page)
