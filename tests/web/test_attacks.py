"""What strangers tried with limits on, each tried again and refused kindly; and those who must not notice any limit."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from booking import create_app
from booking.agreements.models import SchoolRules
from booking.bookings.models import Booking, State, Waiting
from booking.kernel.database import db, unit_of_work
from booking.mail import messages
from booking.newsletter.models import Subscriber
from booking.outbox.models import Promise
from booking.settings import settings_of
from booking.visits.models import Approval, Visit
from booking.web.extensions import limiter
from booking.web.guards.network import holder
from booking.web.teacher.tokens import seal_plan
from tests.builders import a_confirmed_booking, a_sale, a_slot, a_ticket_type, an_activity, taken, tomorrow
from tests.conftest import settings_for
from tests.visits.booked import Centre, a_plan, a_school_centre
from tests.web.browsing import WHO, Visitor, path_of, typed, words


@pytest.fixture
def strict_app(app: Flask, database_url: str, tmp_path: Path) -> Iterator[Flask]:
    """The same database behind an app that limits places as in production, however quickly one asks."""
    made = create_app(settings_for(database_url, tmp_path, RATE_LIMITS="on"))
    limiter.enabled = False  # one counts places here, not requests
    yield made
    with made.app_context():
        db.engine.dispose()


def stranger(app: Flask, address: str = "198.51.100.7") -> Visitor:
    """Somebody with a fresh browser at this address."""
    client = app.test_client()
    client.environ_base["REMOTE_ADDR"] = address
    return Visitor(client)


def letters_of(app: Flask, kind: str) -> list[str]:
    """The letters of a kind that are promised, as they would be written now."""
    with app.app_context():
        promises = db.session.execute(
            select(Promise.id, Promise.about).where(Promise.kind == kind).order_by(Promise.id)
        )
        written = [messages.write(kind, number, about, settings_of(app)) for number, about in promises.all()]
    return [letter.text for letter in written if letter is not None]


def live(*states: State) -> int:
    """How many people such bookings are for."""
    db.session.rollback()
    return db.session.scalar(select(func.coalesce(func.sum(Booking.people), 0)).where(Booking.state.in_(states))) or 0


def test_pending_payments_do_not_fill_a_day(strict_app: Flask) -> None:
    _, slot, adult = a_sale(capacity=500)
    answers = []
    for number in range(22):
        visitor = stranger(strict_app)
        held = visitor.hold(slot, adult, 20)
        if held.status_code == 303:
            answers.append(visitor.pay(held.location, email=f"x{number}@example.org").status_code)
        else:
            answers.append(held.status_code)
    assert Counter(answers) == {303: 3, 429: 19}
    assert live(State.HELD, State.PENDING) == 60
    assert stranger(strict_app, "203.0.113.5").hold(slot, adult, 20).status_code == 303


def test_a_whole_64_of_addresses_is_one_neighbour(strict_app: Flask) -> None:
    _, slot, adult = a_sale(capacity=500)
    held = [stranger(strict_app, f"2001:db8:1:2::{n:x}").hold(slot, adult, 20).status_code for n in range(6)]
    assert held == [303, 303, 303, 429, 429, 429]


def test_free_tickets_are_confirmed_by_mail_and_do_not_fill_a_day(strict_app: Flask) -> None:
    _, slot, member = a_sale(capacity=600, price=0)
    for number in range(26):
        visitor = stranger(strict_app)
        held = visitor.hold(slot, member, 20)
        if held.status_code == 303:
            visitor.pay(held.location, email=f"x{number}@example.org")
    assert live(State.CONFIRMED) == 0
    assert live(State.HELD) == 60
    assert taken(slot) == 60


def test_many_small_free_bookings_are_asked_about_too(strict_app: Flask) -> None:
    _, slot, member = a_sale(capacity=600, price=0)
    for number in range(30):
        visitor = stranger(strict_app)
        held = visitor.hold(slot, member, 4)
        if held.status_code == 303:
            visitor.pay(held.location, email=f"x{number}@example.org")
    assert live(State.CONFIRMED) == 4
    assert live(State.HELD, State.CONFIRMED) <= 60


def test_a_free_booking_is_confirmed_by_the_link_in_the_mail_alone(strict_app: Flask) -> None:
    _, slot, member = a_sale(capacity=60, price=0)
    visitor = stranger(strict_app)
    checkout = visitor.checkout(slot, member, 12)
    assert visitor.pay(checkout).location == path_of(checkout)
    page = words(visitor.get(checkout))
    assert "Se i e-posten" in page
    assert live(State.CONFIRMED) == 0
    (letter,) = letters_of(strict_app, "mail.free_yes")
    link = path_of(next(word for word in letter.split() if "/nb/yes/" in word))
    other = stranger(strict_app, "203.0.113.5")
    assert "Ja, jeg vil ha billettene" in words(other.get(link))
    assert live(State.CONFIRMED) == 0  # a scanner of mail opens links, too
    answer = other.post(link)
    assert "/nb/b/" in answer.location
    assert live(State.CONFIRMED) == 12
    assert other.post(link).location == answer.location
    assert other.get(link).location == answer.location


def test_the_link_dies_when_the_address_or_the_basket_is_another(strict_app: Flask) -> None:
    _, slot, member = a_sale(capacity=60, price=0)
    visitor = stranger(strict_app)
    checkout = visitor.checkout(slot, member, 12)
    visitor.pay(checkout)
    (first,) = letters_of(strict_app, "mail.free_yes")
    link = path_of(next(word for word in first.split() if "/nb/yes/" in word))
    visitor.pay(checkout, email="ola@example.org")
    assert stranger(strict_app).get(link).status_code == 404
    visitor.pay(checkout)
    visitor.hold(slot, member, 18)
    assert stranger(strict_app).post(link).status_code == 422
    assert live(State.CONFIRMED) == 0


def test_a_made_up_link_opens_nothing(strict_app: Flask) -> None:
    a_sale()
    for key in ("x", "WzEsICJhIl0.aaaa.bbbb"):
        assert stranger(strict_app).get(f"/nb/yes/{key}").status_code == 404
        assert stranger(strict_app).post(f"/nb/yes/{key}").status_code == 404


def test_a_family_with_annual_passes_gets_its_tickets_at_once(strict_app: Flask) -> None:
    _, slot, member = a_sale(capacity=60, price=0)
    visitor = stranger(strict_app)
    assert "/nb/b/" in visitor.pay(visitor.checkout(slot, member, 5)).location
    assert live(State.CONFIRMED) == 5


def join(visitor: Visitor, slots: list[int], kind: int, people: int, email: str) -> int:
    visitor.get(f"/nb/waiting-list?slot={slots[0]}")
    fields: dict[str, str | int | list[str]] = {
        "around": slots[0],
        f"q-{slots[0]}-{kind}": people,
        **WHO,
        "email": email,
    }
    return visitor.post("/nb/waiting-list", fields | {"slot": [str(slot) for slot in slots]}).status_code


def test_the_waiting_list_of_a_time_that_is_not_full_keeps_nothing(strict_app: Flask) -> None:
    _, slot, adult = a_sale(capacity=60)
    visitor = stranger(strict_app)
    assert [join(visitor, [slot], adult, 20, f"x{n}@example.org") for n in range(3)] == [409, 409, 409]
    db.session.rollback()
    assert db.session.scalar(select(func.count(Waiting.id))) == 0
    a_confirmed_booking(slot, adult, 20)
    a_confirmed_booking(slot, adult, 20)
    a_confirmed_booking(slot, adult, 18)
    answers = [join(visitor, [slot], adult, 20, f"x{n}@example.org") for n in range(5)]
    assert answers == [303, 303, 303, 429, 429]
    assert join(stranger(strict_app, "203.0.113.5"), [slot], adult, 4, "x1@example.org") == 409  # once for each mailbox
    assert join(stranger(strict_app, "203.0.113.5"), [slot], adult, 4, "kari@example.org") == 303


def test_a_school_behind_one_address_buys_at_once_what_it_pays_for(strict_app: Flask) -> None:
    _, slot, adult = a_sale(capacity=500)
    booked = [stranger(strict_app) for _ in range(12)]
    for number, visitor in enumerate(booked):
        till = visitor.pay(visitor.checkout(slot, adult, 5), email=f"parent{number}@example.org").location
        visitor.get(path_of(visitor.post(path_of(till), {"play": "pay"}).location))
    assert live(State.CONFIRMED) == 60
    # All at once, none of them paid yet: twelve families with five of them.
    assert [stranger(strict_app).hold(slot, adult, 5).status_code for _ in range(12)] == [303] * 12


def test_a_family_may_change_its_mind_as_often_as_it_likes(strict_app: Flask) -> None:
    _, slot, adult = a_sale(capacity=60, most_places_address=20)
    visitor = stranger(strict_app)
    assert [visitor.hold(slot, adult, n).status_code for n in (4, 18, 2, 20, 4)] == [303] * 5
    assert taken(slot) == 4


def test_no_address_is_kept_that_somebody_could_read(strict_app: Flask) -> None:
    _, slot, adult = a_sale(capacity=60)
    visitor = stranger(strict_app)
    visitor.pay(visitor.checkout(slot, adult))
    db.session.rollback()
    kept = db.session.execute(select(Booking.holder, Booking.person)).one()
    with strict_app.test_request_context(environ_base={"REMOTE_ADDR": "198.51.100.7"}):
        assert kept.holder == holder()
    assert len(kept.holder) == len(kept.person) == 32
    assert settings_of(strict_app).secret_key not in kept.holder


def test_the_newsletters_mail_comes_once_and_after_the_purchase(strict_app: Flask) -> None:
    _, slot, adult = a_sale(capacity=60)
    visitor = stranger(strict_app)
    checkout = visitor.checkout(slot, adult)
    for _ in range(5):
        till = visitor.pay(checkout, topics="shows").location
        visitor.post(f"{path_of(checkout)}/back")
    assert asked() == 0
    till = visitor.pay(checkout, topics="shows").location
    visitor.get(path_of(visitor.post(path_of(till), {"play": "pay"}).location))
    assert asked() == 1
    subscriber = db.session.scalars(select(Subscriber)).one()
    assert (subscriber.topics, subscriber.confirmed_at) == ([], None)


def asked() -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).where(Promise.kind == "mail.newsletter")) or 0


def test_shows_have_places_of_their_own_and_count_no_person_twice(strict_app: Flask) -> None:
    _, slot, adult = a_sale(capacity=500)
    activity = an_activity(title="Show", capacity=100, needs_admission=True)
    kind, show = a_ticket_type(activity, 5000), a_slot(activity, 100, tomorrow(11))
    visitor = stranger(strict_app)
    fields = {"party": 2, "slot": slot, f"q-{slot}-{adult}": 20, f"q-{show}-{kind}": 20}
    answers = []
    for _ in range(4):
        visitor = stranger(strict_app)
        answers.append(visitor.post("/nb/tickets", fields).status_code)
    assert answers == [303, 303, 303, 429]


def test_a_name_with_a_link_is_refused_kindly_wherever_it_would_stand_in_a_letter(strict_app: Flask) -> None:
    _, slot, adult = a_sale(capacity=20)
    visitor = stranger(strict_app)
    checkout = visitor.checkout(slot, adult)
    link = "Du har vunnet! https://evil.example/x"
    answer = visitor.pay(checkout, name=link)
    assert answer.status_code == 422
    assert "uten en adresse" in words(answer)
    assert typed(answer, "name") == link
    a_confirmed_booking(slot, adult, 18)
    visitor.get(f"/nb/waiting-list?slot={slot}")
    joining: dict[str, str | int] = {"around": slot, "slot": slot, f"q-{slot}-{adult}": 3, "email": "kari@example.org"}
    assert visitor.post("/nb/waiting-list", joining | {"name": "evil.com"}).status_code == 422
    assert visitor.post("/nb/waiting-list", joining | {"name": "Kari"}).status_code == 303


def visits(app: Flask, centre: Centre, emails: list[str]) -> list[int]:
    """Book one class after the other from one address, each to a session of its own; the answers' statuses."""
    statuses = []
    for n, email in enumerate(emails):
        db.session.rollback()  # to see what has been taken
        plan = a_plan(centre, f"6{'ABCDEFGH'[n]}", programmes_wanted=1)
        visitor = stranger(app)
        visitor.get("/en/my-booking")
        fields = {
            "plan": seal_plan(plan, settings_of(app).secret_key), "school_name": "Ny skole", "municipality": "Voss",
            "kind": "school", "name": "Kari", "email": email, "mobile": "90000000", "seen": "", "step": "book",
        }  # fmt: skip
        statuses.append(visitor.post("/en/school/visit", fields | {"seen": "0:264000"}).status_code)
    return statuses


def approvals() -> list[Approval]:
    db.session.rollback()
    return list(db.session.scalars(select(Visit.approval).order_by(Visit.id)))


def test_one_visit_after_the_other_becomes_a_request(strict_app: Flask) -> None:
    centre = a_school_centre()
    with unit_of_work():
        db.session.execute(update(SchoolRules).values(most_visits=2))
    assert visits(strict_app, centre, [f"x{n}@example.org" for n in range(3)]) == [303, 303, 303]
    assert approvals() == [Approval.NOT_NEEDED, Approval.NOT_NEEDED, Approval.ASKED]


def test_a_teacher_with_four_classes_books_at_once(strict_app: Flask) -> None:
    centre = a_school_centre()
    plan = a_plan(centre, "6A", "6B", "6C", programmes_wanted=2)
    visitor = stranger(strict_app)
    visitor.get("/en/my-booking")
    fields = {
        "plan": seal_plan(plan, settings_of(strict_app).secret_key), "school_name": "Ny skole", "municipality": "Voss",
        "kind": "school", "name": "Kari", "email": "kari@example.org", "mobile": "90000000", "step": "book",
        "seen": "0:792000",
    }  # fmt: skip
    answer = visitor.post("/en/school/visit", fields)
    assert answer.status_code == 303, words(answer)
    assert approvals() == [Approval.NOT_NEEDED]


def test_the_link_that_says_yes_is_kept_by_nobody(strict_app: Flask) -> None:
    a_sale()
    answer = stranger(strict_app).get("/nb/yes/x")
    assert (answer.headers["Cache-Control"], answer.headers["Referrer-Policy"]) == ("no-store", "no-referrer")
