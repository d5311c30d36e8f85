"""The newsletter's pages for readers: the question at the foot, one's own page, and leaving in one click (RFC 8058)."""

from __future__ import annotations

from datetime import datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from booking.centre.models import Centre
from booking.kernel.database import db, unit_of_work
from booking.newsletter import consents, queries, subscribers
from booking.newsletter.models import Consent, ConsentPlace, Subscriber, SubscriberState
from booking.newsletter.queries import SubscriberFacts
from booking.outbox.models import Promise
from tests.builders import a_centre, a_sale, in_all
from tests.web.browsing import Visitor, path_of, typed, words

KARI = "kari@example.org"
TWO = {"shows": in_all("Show"), "schools": in_all("Skole")}


def kari() -> SubscriberFacts:
    db.session.rollback()
    reader = queries.by_email(KARI)
    assert reader is not None
    return reader


def a_reader(now: datetime, *topics: str) -> SubscriberFacts:
    """Somebody who has said yes."""
    with unit_of_work():
        subscribers.ask(KARI, topics or ("shows",), "nb", now)
    with unit_of_work():
        assert subscribers.confirm(kari().secret, now)
    return kari()


def promised(kind: str) -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).where(Promise.kind == kind)) or 0


def test_the_foot_of_a_page_asks_and_sets_no_cookie(app: Flask, client: FlaskClient) -> None:
    a_centre()
    page = client.get("/nb/terms")
    assert "Nyhetsbrev fra Prøvesenteret?" in words(page) and "Hva ønsker du oppdateringer om?" in words(page)
    assert page.headers.get("Set-Cookie") is None
    answer = client.post("/nb/newsletter", data={"place": "foot", "topics": "shows", "email": f" {KARI.upper()} "})
    assert answer.status_code == 200 and "Se i innboksen din" in words(answer)
    assert (kari().state, kari().unconfirmed, kari().lang) == (SubscriberState.ASKED, ["shows"], "nb")
    (consent,) = consents.of_subscriber(kari().id)
    assert consent.place is ConsentPlace.FOOT
    assert consent.text is not None and "Nyhetsbrev fra Prøvesenteret?" in consent.text and "– Show" in consent.text


@pytest.mark.parametrize(
    ("page", "asks"),
    [("", True), ("whats-on", True), ("school", True), ("terms", True), ("tickets", False), ("my-booking", False)],
)
def test_the_foot_asks_where_one_looks_around_and_not_where_one_buys_or_changes(
    app: Flask, client: FlaskClient, page: str, asks: bool
) -> None:
    a_centre()
    assert ("Nyhetsbrev fra Prøvesenteret?" in words(client.get(f"/nb/{page}"))) is asks


def test_a_centre_without_topics_asks_nobody(app: Flask, client: FlaskClient) -> None:
    a_centre(newsletter_topics={})
    assert "yhetsbrev" not in words(client.get("/nb/terms"))
    assert client.get("/nb/newsletter").status_code == 404
    assert client.post("/nb/newsletter", data={"email": KARI}).status_code == 404


@pytest.mark.parametrize(
    "address", ["", "kari", "a b@example.org", "x" * 300 + "@example.org", "kari@-.no", "@", "\x00"]
)
def test_what_is_no_address_is_said_at_the_field_and_kept(app: Flask, visitor: Visitor, address: str) -> None:
    a_centre()
    answer = visitor.post("/nb/newsletter", {"email": address, "topics": "shows"})
    assert answer.status_code == 422
    assert typed(answer, "email") == address.replace("\x00", "")[:254]
    assert promised("mail.newsletter") == 0


def test_an_address_of_another_alphabet_is_taken_as_mail_servers_have_it(app: Flask, visitor: Visitor) -> None:
    a_centre()
    assert visitor.post("/nb/newsletter", {"email": "Kari@blåbær.no", "topics": "shows"}).status_code == 200
    db.session.rollback()
    assert db.session.scalars(select(Subscriber.email)).all() == ["kari@xn--blbr-roah.no"]


@pytest.mark.parametrize("topics", [[], ["viagra"]])
def test_no_topic_or_one_that_there_is_not_is_asked_about(app: Flask, visitor: Visitor, topics: list[str]) -> None:
    a_centre(newsletter_topics=TWO)
    answer = visitor.post("/nb/newsletter", {"email": KARI, "topics": topics})
    assert answer.status_code == 422 and typed(answer, "email") == KARI
    assert db.session.scalar(select(func.count(Subscriber.id))) == 0


def test_the_page_answers_the_same_whoever_is_known(app: Flask, client: FlaskClient, now: datetime) -> None:
    a_centre()
    a_reader(now)
    for page, values in (("newsletter", {"topics": "shows"}), ("newsletter/link", {})):
        answers = []
        for address in (KARI, "new@example.org"):
            visitor = Visitor(app.test_client())
            visitor.get("/nb/newsletter")
            answer = visitor.post(f"/nb/{page}", {"email": address} | values)
            answers.append((answer.status_code, words(answer).replace(address, "")))
        assert answers[0] == answers[1]
    assert promised("mail.news_link") >= 1


def test_a_mailbox_is_written_to_once_in_a_quarter_of_an_hour_however_often_it_is_typed(
    app: Flask, visitor: Visitor
) -> None:
    a_centre(newsletter_topics=TWO)
    for number in range(6):
        visitor.post("/nb/newsletter", {"email": KARI, "topics": ["shows", "schools"][: 1 + number % 2]})
    assert promised("mail.newsletter") <= 2  # the quarter may end meanwhile
    assert (db.session.scalar(select(func.count(Consent.id))) or 0) == 1


def test_opening_any_page_of_a_letter_changes_nothing(app: Flask, client: FlaskClient, now: datetime) -> None:
    a_centre()
    reader = a_reader(now)
    for page in ("", "/leave", "/leave/7"):
        answer = client.get(f"/nb/newsletter/{reader.secret}{page}")
        assert answer.status_code == 200 and KARI not in words(answer)  # a letter is passed on, its links with it
        assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert kari() == reader


def test_a_mail_program_leaves_for_its_reader_by_one_post_without_cookie_or_token(app: Flask, now: datetime) -> None:
    """RFC 8058, section 3.2: the body says so, and neither cookies nor a sign-in go along. Twice is once."""
    a_centre()
    reader = a_reader(now)
    body = {"List-Unsubscribe": "One-Click"}
    for _ in range(2):
        answer = app.test_client().post(f"/nb/newsletter/{reader.secret}/leave/7", data=body)
        assert answer.status_code == 200 and "Location" not in answer.headers
    assert kari().state is SubscriberState.LEFT
    parts = app.test_client().post(
        f"/nb/newsletter/{reader.secret}/leave", data=body, content_type="multipart/form-data"
    )
    unknown = app.test_client().post("/nb/newsletter/4BKC9RC7M7AWJB3W3C1D4JSVCV/leave", data=body)
    assert (parts.status_code, unknown.status_code) == (200, 200)  # who is not on the list has what they want


def test_topics_and_language_are_chosen_on_ones_own_page(app: Flask, visitor: Visitor, now: datetime) -> None:
    a_centre(newsletter_topics=TWO)
    own = f"/nb/newsletter/{a_reader(now).secret}"
    visitor.get(own)
    assert "Lagret" in words(visitor.post(f"{own}/choose", {"topics": ["schools", "viagra"], "lang": "lv"}))
    assert (kari().topics, kari().lang) == (["schools"], "lv")
    visitor.post(f"{own}/choose", {"topics": ["schools"], "lang": "xx"})
    assert kari().lang == "nb"
    assert "Da hører du ikke fra oss" in words(visitor.post(f"{own}/choose", {"lang": "nb"}))
    assert kari().state is SubscriberState.LEFT
    assert "Du er tilbake" in words(visitor.post(f"{own}/back"))
    assert (kari().state, kari().topics) == (SubscriberState.CONFIRMED, ["schools"])


def test_topics_that_were_taken_away_meanwhile_make_nobody_leave(app: Flask, visitor: Visitor, now: datetime) -> None:
    a_centre(newsletter_topics=TWO)
    secret = a_reader(now, "shows").secret
    visitor.get("/nb")
    visitor.post(f"/nb/newsletter/{secret}/choose", {"topics": ["pigeons"]})
    assert (kari().state, kari().topics) == (SubscriberState.CONFIRMED, ["shows"])


def test_the_checkouts_yes_is_kept_with_its_words(app: Flask, visitor: Visitor) -> None:
    _, slot, adult = a_sale()
    checkout = visitor.checkout(slot, adult)
    visitor.get(checkout)
    till = path_of(visitor.pay(checkout, topics="shows").location)
    visitor.get(path_of(visitor.post(till, {"play": "pay"}).location))
    db.session.rollback()
    (subscriber_id,) = db.session.scalars(select(Subscriber.id)).all()
    (consent,) = consents.of_subscriber(subscriber_id)
    assert consent.place is ConsentPlace.CHECKOUT
    assert consent.text is not None and consent.text.startswith("Nyhetsbrev: Hva vil du høre om?")


def test_nothing_is_ticked_for_anybody_and_one_topic_needs_no_tick(app: Flask, visitor: Visitor) -> None:
    a_centre(newsletter_topics=TWO)
    assert "checked" not in visitor.get("/nb/newsletter").get_data(as_text=True)
    with unit_of_work():
        db.session.scalars(select(Centre)).one().newsletter_topics = {"shows": dict(in_all("Show"))}
    page = visitor.get("/nb/newsletter").get_data(as_text=True)
    assert 'name="topics"' not in page and "Show" in page
    assert visitor.post("/nb/newsletter", {"email": KARI, "place": "page"}).status_code == 200
    assert kari().unconfirmed == ["shows"]
