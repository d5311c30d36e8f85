"""Partners stand at the end of the front page as the office keeps them: in order, by name or by a logo that is safe."""

from __future__ import annotations

import io
import re

import pytest
from flask import Flask

from booking.centre.partners import partners
from booking.staff.models import Role
from tests.builders import a_centre
from tests.web.browsing import Visitor, words
from tests.web.staffing import Colleague, a_colleague

LOGO = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 4 4"><rect width="4" height="4"/></svg>'


@pytest.fixture
def boss(app: Flask) -> Colleague:
    """An administrator of a centre with one partner."""
    a_centre()
    colleague = a_colleague(app, Role.ADMIN, "boss@example.org")
    add(colleague, "Sparebanken", "https://bank.example", "2")
    return colleague


def add(boss: Colleague, name: str, website: str = "", sort: str = "0") -> None:
    """Write a new partner down as the form does."""
    boss.get("/staff/partners/new")
    answer = boss.post("/staff/partners/new", name=name, website=website, sort=sort)
    assert answer.status_code == 303, words(answer)


def send_logo(boss: Colleague, content: bytes) -> int:
    """Bring a file as the logo of the first one; the status that it is answered with."""
    boss.get("/staff/partners/1")
    return boss.browser.post("/staff/partners/1/logo", {"logo": (io.BytesIO(content), "logo.svg")}).status_code  # type: ignore[dict-item]


def strip(visitor: Visitor) -> str:
    """The strip on the front page."""
    section = re.search(r'(?s)<section class="partners".*?</section>', visitor.get("/nb/").get_data(as_text=True))
    return section[0] if section else ""


def test_they_stand_in_their_order_with_a_link_where_they_have_one(boss: Colleague, visitor: Visitor) -> None:
    add(boss, "Kommunen & co")
    shown = strip(visitor)
    assert shown.index("Kommunen &amp; co") < shown.index("Sparebanken")
    assert '<a href="https://bank.example" rel="noopener">' in shown
    assert shown.count("<a ") == 1
    assert "Sparebanken" in words(boss.get("/staff/settings"))


def test_a_centre_without_partners_has_no_strip(app: Flask, visitor: Visitor) -> None:
    a_centre()
    assert strip(visitor) == ""


def test_a_logo_is_read_aloud_by_the_name_and_kept_under_an_address_of_its_own(
    boss: Colleague, visitor: Visitor
) -> None:
    assert send_logo(boss, LOGO) == 303
    address = re.search(r'<img src="(/logo/[0-9a-f]{16}\.svg)" alt="Sparebanken"', strip(visitor))
    assert address
    picture = visitor.get(address[1])
    assert picture.data == LOGO
    assert "immutable" in picture.headers["Cache-Control"]
    assert "sandbox" in picture.headers["Content-Security-Policy"]
    assert boss.post("/staff/partners/1/logo/remove").status_code == 303
    assert "<img" not in strip(visitor)
    assert visitor.get(address[1]).status_code == 404


@pytest.mark.parametrize(
    "unsafe",
    [
        b"",
        b"GIF89a",
        LOGO.replace(b"<rect", b"<rect onload='x()'"),
        LOGO.replace(b"rect", b"script"),
        LOGO + b" " * 200_000,
    ],
    ids=["nothing", "a GIF", "a handler", "a script", "too large"],
)
def test_what_is_unsafe_is_refused_where_it_is_sent_and_nothing_is_kept(
    boss: Colleague, visitor: Visitor, unsafe: bytes
) -> None:
    boss.get("/staff/partners/1")
    answer = boss.browser.post("/staff/partners/1/logo", {"logo": (io.BytesIO(unsafe), "logo.svg")})  # type: ignore[dict-item]
    assert answer.status_code == 422
    assert 'id="logo-error"' in answer.get_data(as_text=True)
    assert [partner.logo for partner in partners()] == [""]


def test_a_website_is_one_and_what_was_typed_is_kept(boss: Colleague) -> None:
    boss.get("/staff/partners/new")
    answer = boss.post("/staff/partners/new", name="Havna", website="javascript:x", sort="0")
    assert answer.status_code == 422
    assert 'value="Havna"' in answer.get_data(as_text=True)


def test_a_partner_that_is_not_there_gets_no_logo(boss: Colleague) -> None:
    boss.get("/staff/partners/1")
    assert boss.browser.post("/staff/partners/7/logo", {"logo": (io.BytesIO(LOGO), "logo.svg")}).status_code == 404  # type: ignore[dict-item]


def test_a_partner_goes_with_the_logo(boss: Colleague, visitor: Visitor) -> None:
    send_logo(boss, LOGO)
    boss.get("/staff/partners/1")
    assert boss.post("/staff/partners/1/remove").status_code == 303
    assert strip(visitor) == ""
