"""The booking's page gives the pass where certificates are set, to devices that may have use for it."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask

from booking.kernel import clock
from booking.settings import settings_of
from booking.staff.models import Role
from booking.wallet_keys import AppleWallet
from tests.builders import a_sale
from tests.wallet.chain import Chain
from tests.wallet.opened import content, is_signed, parts_of
from tests.web.browsing import Visitor, words
from tests.web.staffing import a_colleague

WORDS = "Legg til i Apple Wallet"
ANDROID = "Mozilla/5.0 (Linux; Android 16; Pixel 9) AppleWebKit/537.36 Chrome/140.0 Mobile Safari/537.36"


def test_without_certificates_there_is_no_pass(app: Flask, visitor: Visitor) -> None:
    _, slot, adult = a_sale()
    booking = visitor.buy(slot, adult)
    assert "Wallet" not in words(visitor.get(booking))
    assert visitor.get(f"{booking}/wallet.pkpass").status_code == 404


def test_the_page_gives_the_pass(
    app: Flask, visitor: Visitor, apple: AppleWallet, chain: Chain, tmp_path: Path
) -> None:
    _, slot, adult = a_sale()
    booking = visitor.buy(slot, adult)
    page = visitor.get(booking)
    assert WORDS in words(page)
    assert f'href="{booking}/wallet.pkpass"' in page.get_data(as_text=True)
    answer = visitor.get(f"{booking}/wallet.pkpass")
    assert answer.mimetype == "application/vnd.apple.pkpass"
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Content-Disposition"].endswith('.pkpass"')
    assert is_signed(parts_of(answer.data), chain, tmp_path)
    assert {field["key"]: field["value"] for field in content(answer.data)["eventTicket"]["backFields"]}[
        "page"
    ].endswith(booking)


def test_android_is_not_offered_what_it_cannot_keep(app: Flask, visitor: Visitor, apple: AppleWallet) -> None:
    _, slot, adult = a_sale()
    booking = visitor.buy(slot, adult)
    assert WORDS not in words(visitor.get(booking, **{"User-Agent": ANDROID}))


@pytest.mark.parametrize(("days", "is_told"), [(32, False), (30, True), (-1, True)])
def test_staff_are_told_a_month_before_the_certificate_ends(
    app: Flask, apple: AppleWallet, monkeypatch: pytest.MonkeyPatch, days: int, is_told: bool
) -> None:
    a_sale()
    ends_at = clock.now() + timedelta(days=days)
    changed = replace(settings_of(app), apple_wallet=replace(apple, ends_at=ends_at), public_url="http://localhost")
    monkeypatch.setitem(app.extensions, "settings", changed)
    boss = a_colleague(app, Role.ADMIN)
    assert ("The certificate for Apple Wallet ends on" in words(boss.get("/staff/"))) is is_told
    health = boss.get("/staff/health").get_data(as_text=True)
    (sign,) = re.findall(r'<li class="(well|ill)">(?:(?!</li>).)*Apple Wallet', health, re.DOTALL)[-1:]
    assert (sign == "ill") is is_told
    with app.app_context():
        told = app.test_client().get("/healthz").get_json()
    assert told.get("passes_end") == ends_at.isoformat(timespec="seconds")


@pytest.mark.parametrize("state", ["basket", "cancelled", "nothing"])
def test_what_is_not_bought_has_no_pass(app: Flask, visitor: Visitor, apple: AppleWallet, state: str) -> None:
    _, slot, adult = a_sale()
    if state == "basket":
        booking = visitor.checkout(slot, adult).replace("/checkout/", "/b/")
    elif state == "cancelled":
        booking = visitor.buy(slot, adult)
        visitor.get(f"{booking}/cancel")
        assert visitor.post(f"{booking}/cancel").status_code == 303
    else:
        booking = "/nb/b/" + "0" * 26
    assert visitor.get(f"{booking}/wallet.pkpass").status_code == 404
