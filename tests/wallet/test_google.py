"""Google's wallet: a link saves the party's pass there, and what changes follows by the outbox."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from urllib.parse import quote

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from booking.bookings import queries, store
from booking.bookings.at_the_desk import move_booking
from booking.bookings.change import cancel
from booking.bookings.models import Booking
from booking.capacity.models import Slot
from booking.centre.facts import the_centre
from booking.google_wallet_keys import GoogleWallet
from booking.kernel import clock
from booking.kernel.database import db, end_reading, unit_of_work
from booking.mail.messages import write
from booking.outbox.models import Promise, PromiseState
from booking.running.check import breaches
from booking.running.worker import run_once
from booking.settings import Settings, SettingsError, settings_of
from booking.wallet.changes import follow
from booking.wallet.google.client import GoogleClient, GoogleRefused, GoogleUnreachable, client_of
from booking.wallet.google.passes import LONGEST, google_pass, save_link
from booking.wallet.party import party_pass
from tests.builders import a_confirmed_booking, a_sale, a_slot
from tests.google_double.client import Google
from tests.google_double.server import ISSUER
from tests.web.browsing import Visitor, words

WORDS = "Legg til i Google Wallet"
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 26_0 like Mac OS X) AppleWebKit/605.1.15 Version/26.0 Mobile Safari/604.1"
EVENT, TICKET = "eventTicketClass", "eventTicketObject"


@pytest.fixture(scope="session")
def running_google(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Google]:
    """One stand-in for these tests."""
    double = Google(tmp_path_factory.mktemp("google"))
    yield double
    double.stop()


@pytest.fixture
def google(running_google: Google, app: Flask, monkeypatch: pytest.MonkeyPatch) -> Google:
    """A stand-in that knows nobody yet; the app has its issuer's key."""
    running_google.pull("reset")
    client_of.cache_clear()
    there = replace(settings_of(app), google_wallet=running_google.keys())
    monkeypatch.setitem(app.extensions, "settings", there)
    monkeypatch.setattr(store, "_readers", [follow])
    return running_google


def keys_of(app: Flask) -> GoogleWallet:
    keys = settings_of(app).google_wallet
    assert keys is not None
    return keys


def saved(app: Flask, google: Google, visitor: Visitor, **more: object) -> tuple[int, str]:
    """A booking that is saved there: its id and its page."""
    _, slot, adult = a_sale(**more)  # type: ignore[arg-type]
    page = visitor.buy(slot, adult)
    answer = visitor.get(f"{page}/google-wallet")
    assert answer.status_code == 303
    assert google.follow(answer.location) == 200
    booking_id = db.session.scalars(select(Booking.id).where(Booking.secret == page.rpartition("/")[2])).one()
    end_reading()
    return booking_id, page


def cancelled(booking_id: int) -> None:
    with unit_of_work():
        cancel(booking_id, centre=the_centre(), now=clock.now())


def promised(kind: str = "changed") -> list[PromiseState]:
    db.session.rollback()
    query = select(Promise.key, Promise.state).where(Promise.kind == "wallet.google").order_by(Promise.due_at)
    rows = db.session.execute(query).all()
    return [state for key, state in rows if (":saved:" in key) is (kind == "saved")]


def test_without_a_key_there_is_no_link(app: Flask, visitor: Visitor) -> None:
    _, slot, adult = a_sale()
    page = visitor.buy(slot, adult)
    assert "Google" not in words(visitor.get(page))
    assert visitor.get(f"{page}/google-wallet").status_code == 404


def test_the_page_leads_to_google_with_a_pass_that_says_what_is_booked_and_not_who(
    app: Flask, google: Google, visitor: Visitor
) -> None:
    _booking, page = saved(app, google, visitor)
    shown = visitor.get(page)
    assert WORDS in words(shown)
    assert "pay.google.com" not in shown.get_data(as_text=True)  # nothing is loaded from there
    assert WORDS not in words(visitor.get(page, **{"User-Agent": IPHONE}))
    facts = queries.by_secret(page.rpartition("/")[2])
    assert facts is not None
    event, ticket = google.saved(EVENT), google.saved(TICKET)
    assert event["dateTime"]["start"] == facts.starts_at.strftime("%Y-%m-%dT%H:%M:%SZ")
    assert (ticket["classId"], ticket["state"]) == (event["id"], "ACTIVE")
    assert facts.code in ticket["barcode"]["value"]
    assert ticket["ticketType"]["defaultValue"] == {"language": "no", "value": "2 personer"}
    assert facts.name not in json.dumps([event, ticket])
    assert google.asked("POST") == 0  # the page has asked Google nothing


def test_what_had_no_place_in_the_address_follows_once_it_is_saved(
    app: Flask, google: Google, visitor: Visitor
) -> None:
    _booking, page = saved(app, google, visitor)
    assert "textModulesData" not in google.saved(TICKET)
    begun = clock.now()
    for minutes in (3, 31):
        google.pull("advance", seconds=60 * minutes)
        with time_machine.travel(begun + timedelta(minutes=minutes)):
            run_once(app)
    assert "2 × Voksen" in json.dumps(google.saved(TICKET)["textModulesData"], ensure_ascii=False)
    assert google.saved(TICKET)["linksModuleData"]["uris"][0]["uri"].endswith(page)
    assert "notifyPreference" not in google.saved(TICKET)  # nobody is told that nothing has changed
    assert promised("saved") == [PromiseState.DONE, PromiseState.DONE]


def test_a_booking_that_moves_has_its_new_time_there(app: Flask, google: Google, visitor: Visitor) -> None:
    booking_id, _page = saved(app, google, visitor)
    before = google.saved(EVENT)["dateTime"]["start"]
    facts = queries.by_id(booking_id)
    assert facts is not None
    line = facts.lines[0]
    activity = db.session.scalars(select(Slot.activity_id).where(Slot.id == line.slot_id)).one()
    end_reading()
    later = a_slot(activity or 0, starts_at=facts.starts_at + timedelta(days=1))
    with unit_of_work():
        (booking,) = store.lock(booking_id)
        move_booking(booking, {line.slot_id: later}, clock.now())
    run_once(app)
    assert google.saved(EVENT)["dateTime"]["start"] > before
    assert google.saved(EVENT)["notifyPreference"] == "NOTIFY_ON_UPDATE"
    assert promised() == [PromiseState.DONE]
    assert breaches() == []


def test_a_cancelled_booking_is_no_good_there(app: Flask, google: Google, visitor: Visitor) -> None:
    booking_id, page = saved(app, google, visitor)
    cancelled(booking_id)
    run_once(app)
    ticket = google.saved(TICKET)
    assert ticket["state"] == "INACTIVE"
    assert ticket["textModulesData"][0]["body"] == "Avbestilt"
    assert visitor.get(f"{page}/google-wallet").status_code == 404


def test_who_went_to_google_and_saved_nothing_is_no_trouble(app: Flask, google: Google, visitor: Visitor) -> None:
    _, slot, adult = a_sale()
    page = visitor.buy(slot, adult)
    for _twice in range(2):
        assert visitor.get(f"{page}/google-wallet").status_code == 303
    cancelled(db.session.scalars(select(Booking.id).where(Booking.secret == page.rpartition("/")[2])).one())
    run_once(app)
    assert promised() == [PromiseState.DONE]
    assert google.asked("PATCH") == 1


def test_a_booking_that_nobody_takes_to_google_promises_nothing(app: Flask, google: Google) -> None:
    _, slot, adult = a_sale()
    cancelled(a_confirmed_booking(slot, adult).booking_id)
    assert promised() == []


@pytest.mark.parametrize("what", ["429", "409", "500", "cut"])
def test_what_google_cannot_do_now_is_tried_again(app: Flask, google: Google, visitor: Visitor, what: str) -> None:
    booking_id, _page = saved(app, google, visitor)
    google.fault(what, path=quote(TICKET))
    cancelled(booking_id)
    run_once(app)
    assert (google.saved(TICKET)["state"], promised()) == ("ACTIVE", [PromiseState.WAITING])
    with time_machine.travel(clock.now().replace(hour=23)):
        run_once(app)
    assert (google.saved(TICKET)["state"], promised()) == ("INACTIVE", [PromiseState.DONE])


def test_one_token_serves_many_passes_and_a_new_one_is_had_when_it_is_taken_back(
    app: Flask, google: Google, visitor: Visitor
) -> None:
    booking_id, _page = saved(app, google, visitor)
    cancelled(booking_id)
    run_once(app)
    client, event = client_of(keys_of(app)), google.saved(EVENT)
    for _change in range(3):
        assert client.patch(EVENT, event)
    assert google.asked("POST", "/token") == 1
    google.pull("end-tokens")
    assert client.patch(EVENT, event)
    assert google.asked("POST", "/token") == 2


def test_another_key_another_issuer_and_a_changed_sign_are_refused(
    app: Flask, google: Google, visitor: Visitor, chain: object, tmp_path: Path
) -> None:
    _booking, page = saved(app, google, visitor)
    link = visitor.get(f"{page}/google-wallet").location
    other = "B" if link[-20] != "B" else "C"
    assert google.follow(f"{link[:-20]}{other}{link[-19:]}") == 400
    keys = keys_of(app)
    stranger = Google(tmp_path)
    try:
        with pytest.raises(GoogleRefused, match="no token, HTTP 400"):
            GoogleClient(replace(keys, key=stranger.keys().key, email="other@example.org")).patch(EVENT, {"id": "1.x"})
    finally:
        stranger.stop()
    with pytest.raises(GoogleRefused, match="403 PERMISSION_DENIED"):
        GoogleClient(keys).patch(EVENT, {"id": "1.event-X"})
    with pytest.raises(GoogleRefused, match="400 INVALID_ARGUMENT"):
        GoogleClient(keys).patch(TICKET, google.saved(TICKET) | {"state": "SOLD"})
    assert not GoogleClient(keys).patch(EVENT, {"id": f"{ISSUER}.event-X"})
    with pytest.raises(GoogleUnreachable):
        GoogleClient(replace(keys, api="http://127.0.0.1:9")).patch(EVENT, {"id": f"{ISSUER}.x"})


def test_a_link_is_never_longer_than_browsers_take(app: Flask, google: Google) -> None:
    _, slot, adult = a_sale()
    booking_id = a_confirmed_booking(slot, adult).booking_id
    facts = queries.by_id(booking_id)
    assert facts is not None
    told, keys = party_pass(facts, the_centre(), "https://tickets.example.org/nb/b/x"), keys_of(app)
    long = replace(told, details=tuple(replace(text, value="æ" * 400) for text in told.details))
    for pass_told in (told, long):
        link = save_link(google_pass(pass_told, the_centre(), keys), keys, 1_800_000_000)
        assert len(link.rpartition("/")[2]) <= LONGEST
        assert google.follow(link) == 200


def test_the_account_is_read_from_its_file_and_its_key_is_never_said(google: Google, tmp_path: Path) -> None:
    environment = google.settings | {"INSTANCE_DIR": str(tmp_path)}
    settings = Settings.from_environment(environment)
    assert settings.google_wallet is not None
    assert settings.google_wallet.issuer == ISSUER
    assert "PRIVATE KEY" not in repr(settings)


@pytest.mark.parametrize(
    ("more", "begins"),
    [
        ({"WALLET_GOOGLE_ISSUER": ""}, "WALLET_GOOGLE_KEY and WALLET_GOOGLE_ISSUER must be set together"),
        ({"WALLET_GOOGLE_ISSUER": "centre"}, "WALLET_GOOGLE_ISSUER must be the issuer's number"),
        ({"WALLET_GOOGLE_KEY": "/nowhere.json"}, "WALLET_GOOGLE_KEY must name a file that can be read"),
        ({"WALLET_GOOGLE_KEY": __file__}, "WALLET_GOOGLE_KEY must be the JSON file"),
        ({"WALLET_GOOGLE_API": "ftp://x"}, "WALLET_GOOGLE_API must be like https://walletobjects.googleapis.com"),
        ({"private_key": "no key"}, "private_key in WALLET_GOOGLE_KEY must be an RSA key"),
        ({"private_key": ""}, "WALLET_GOOGLE_KEY must be the JSON file"),
        ({"token_uri": "nowhere"}, "token_uri in WALLET_GOOGLE_KEY must be like https://oauth2.googleapis.com/token"),
    ],
)
def test_what_is_wrong_with_it_is_a_sentence(
    running_google: Google, tmp_path: Path, more: dict[str, str], begins: str
) -> None:
    account = json.loads(running_google.file.read_text()) | more
    file = tmp_path / "account.json"
    file.write_text(json.dumps(account))
    environment = running_google.settings | {"WALLET_GOOGLE_KEY": str(file), "INSTANCE_DIR": str(tmp_path)} | more
    with pytest.raises(SettingsError) as refused:
        Settings.from_environment(environment)
    (sentence,) = refused.value.mistakes
    assert sentence.startswith(begins)


@pytest.mark.parametrize("with_google", [False, True])
def test_the_letter_with_the_tickets_says_where_they_are_put_into_the_wallet(
    app: Flask, google: Google, monkeypatch: pytest.MonkeyPatch, with_google: bool
) -> None:
    if not with_google:
        monkeypatch.setitem(app.extensions, "settings", replace(settings_of(app), google_wallet=None))
    _, slot, adult = a_sale()
    booking_id = a_confirmed_booking(slot, adult).booking_id
    letter = write("mail.confirmation", 1, {"booking_id": booking_id}, settings_of(app))
    assert letter is not None
    for part in (letter.text, letter.html):
        assert ("i Wallet på telefonen" in part) is with_google
