"""A party's pass for Apple's wallet: signed as phones want it, and saying what the booking is now."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import pytest
from flask import Flask
from PIL import Image

from booking.bookings.change import cancel
from booking.bookings.queries import BookingFacts, by_id
from booking.centre.facts import the_centre
from booking.documents.qr import read_door_text
from booking.kernel import clock
from booking.kernel.database import unit_of_work
from booking.wallet.apple.passes import PassIssuer, party_file
from booking.wallet.apple.pictures import icons
from booking.wallet.party import has_pass
from booking.wallet_keys import AppleWallet
from tests.builders import a_confirmed_booking, a_hold, a_sale
from tests.wallet.chain import PASS_TYPE, TEAM, Chain
from tests.wallet.opened import content, is_signed, is_whole, parts_of, shown

ADDRESS = "https://tickets.example.org/nb/b/SECRET"


def booked(quantity: int = 3) -> BookingFacts:
    _, slot, adult = a_sale()
    facts = by_id(a_confirmed_booking(slot, adult, quantity).booking_id)
    assert facts is not None
    return facts


def file_of(facts: BookingFacts, keys: AppleWallet, service: str = "") -> bytes:
    return party_file(facts, the_centre(), PassIssuer(keys, service), ADDRESS)


def test_openssl_believes_the_signature(app: Flask, apple: AppleWallet, chain: Chain, tmp_path: Path) -> None:
    parts = parts_of(file_of(booked(), apple))
    assert is_whole(parts)
    assert is_signed(parts, chain, tmp_path)


@pytest.mark.parametrize("part", ["manifest.json", "pass.json", "icon@2x.png"])
def test_a_changed_byte_is_found_out(app: Flask, apple: AppleWallet, chain: Chain, tmp_path: Path, part: str) -> None:
    parts = parts_of(file_of(booked(), apple))
    parts[part] = parts[part][:-9] + bytes([parts[part][-9] ^ 1]) + parts[part][-8:]
    if part == "manifest.json":
        assert not is_signed(parts, chain, tmp_path)
    else:
        assert not is_whole(parts)


def test_the_pass_says_who_made_it_and_lets_the_party_in(app: Flask, apple: AppleWallet) -> None:
    facts = booked()
    told = content(file_of(facts, apple))
    assert (told["passTypeIdentifier"], told["teamIdentifier"]) == (PASS_TYPE, TEAM)
    (barcode,) = told["barcodes"]
    assert read_door_text(barcode["message"]) == facts.code
    assert told["serialNumber"] == barcode["altText"] == facts.reference
    assert told["voided"] is False
    assert "webServiceURL" not in told  # nobody would answer there
    assert facts.secret not in str({name: value for name, value in told.items() if name != "eventTicket"})


def test_the_pass_says_when_how_many_and_what_in_the_bookings_language(app: Flask, apple: AppleWallet) -> None:
    facts = booked(3)
    read = shown(file_of(facts, apple))
    assert read["event"] == "Inngang"
    assert read["people"] == "3 personer"
    assert "kl.\N{NO-BREAK SPACE}10:00" in read["when"]
    assert read["starts"] == "10:00"
    assert read["name"] == "Kari Nordmann"
    assert "3 × Voksen" in read["booked"]
    assert read["page"] == ADDRESS


def test_a_cancelled_booking_is_a_pass_that_is_void(app: Flask, apple: AppleWallet) -> None:
    facts, now = booked(), clock.now()
    with unit_of_work():
        cancel(facts.id, centre=the_centre(), now=now)
    after = by_id(facts.id)
    assert after is not None and has_pass(after)
    made = file_of(after, apple)
    assert content(made)["voided"] is True
    assert shown(made)["when"] == "Avbestilt"
    assert "change" not in shown(made)


def test_a_basket_has_no_pass(app: Flask) -> None:
    _, slot, adult = a_sale()
    facts = by_id(a_hold(slot, adult).booking_id)
    assert facts is not None and not has_pass(facts)


def test_where_phones_ask_for_newer_ones_stands_beside_a_token_that_opens_nothing_else(
    app: Flask, apple: AppleWallet
) -> None:
    facts = booked()
    told = content(file_of(facts, apple, "https://tickets.example.org/wallet"))
    assert told["webServiceURL"] == "https://tickets.example.org/wallet"
    assert len(told["authenticationToken"]) >= 16
    assert told["authenticationToken"] not in (facts.secret, facts.code)


def test_the_icon_has_the_centres_colours_in_each_size() -> None:
    drawn = {name: Image.open(BytesIO(png)) for name, png in icons("#0b4f6c", "#f2a541").items()}
    assert {name: icon.size for name, icon in drawn.items()} == {
        "icon.png": (29, 29),
        "icon@2x.png": (58, 58),
        "icon@3x.png": (87, 87),
    }
    assert drawn["icon@3x.png"].getpixel((0, 0)) == (0x0B, 0x4F, 0x6C)
    assert drawn["icon@3x.png"].getpixel((43, 43)) == (0xF2, 0xA5, 0x41)
