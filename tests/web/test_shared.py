"""What others see of our pages: search engines, and whoever is sent a link."""

from __future__ import annotations

import json
import re
from datetime import datetime, time
from typing import Any
from xml.etree import ElementTree

import pytest
from flask import Flask

from booking.capacity.models import Slot
from booking.catalogue.models import Activity, Kind
from booking.centre.models import OpeningHours
from booking.kernel.database import db, unit_of_work
from booking.web.frame import FINDABLE
from tests.builders import a_centre, a_slot, a_ticket_type, an_activity, in_all, tomorrow
from tests.web.browsing import Visitor

PUBLIC = "http://localhost"
PRIVATE = ("/nb/my-booking", "/staff/sign-in", "/nb/no-such-page", "/nb/b/4BKC9RC7M7AWJB3W3C1D4JSVCV")
LANGUAGES = ("nb", "nn", "en", "lv")
SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"


@pytest.fixture
def show(app: Flask) -> int:
    """A show with a name that would close a script, a time and a price; returns the time."""
    a_centre(address="Gata 1", tagline=in_all("Kom og prøv."))
    a_slot(an_activity(), 60, tomorrow(10))
    activity_id = an_activity(Kind.SHOW, 30, "Bobler </script><b>", least_age=4)
    with unit_of_work():
        db.session.get_one(Activity, activity_id).slug = "bobler"
    a_ticket_type(activity_id, 6050)
    return a_slot(activity_id, 30, tomorrow(14))


def data_of(visitor: Visitor, path: str) -> Any:  # noqa: ANN401  (whatever JSON holds)
    """What a page tells machines."""
    blocks = re.findall(
        r'<script type="application/ld\+json">(.*?)</script>', visitor.get(path).get_data(as_text=True), re.DOTALL
    )
    assert len(blocks) == 1
    return json.loads(blocks[0])


def test_a_show_tells_search_engines_what_the_database_says(show: int, visitor: Visitor) -> None:
    (event,) = data_of(visitor, "/en/whats-on/bobler")["@graph"]
    slot = db.session.get_one(Slot, show)
    assert event["@type"] == "Event"
    assert event["name"] == "Bobler </script><b>"
    assert datetime.fromisoformat(event["startDate"]) == slot.starts_at
    assert datetime.fromisoformat(event["endDate"]) == slot.ends_at
    assert event["remainingAttendeeCapacity"] == slot.capacity - slot.taken
    assert event["url"] == f"{PUBLIC}/en/whats-on/bobler"
    assert event["location"] == {"@type": "Place", "name": "Prøvesenteret", "address": "Gata 1"}
    offer = event["offers"]
    assert (offer["price"], offer["priceCurrency"]) == ("60.50", "NOK")
    assert offer["availability"] == "https://schema.org/InStock"
    assert offer["url"] == f"{PUBLIC}/en/tickets/with?show={show}"


def test_a_full_show_is_told_as_sold_out(show: int, visitor: Visitor) -> None:
    with unit_of_work():
        db.session.get_one(Slot, show).capacity = 0
    (event,) = data_of(visitor, "/en/whats-on/bobler")["@graph"]
    assert event["offers"]["availability"] == "https://schema.org/SoldOut"


def test_the_front_page_is_a_museum_with_its_hours_and_what_entry_costs(show: int, visitor: Visitor) -> None:
    entry = db.session.query(Activity.id).filter_by(kind=Kind.ADMISSION).scalar()
    a_ticket_type(entry, 21000)
    with unit_of_work():
        for weekday in range(7):
            db.session.add(OpeningHours(weekday=weekday, opens=time(9), closes=time(16)))
    museum = data_of(visitor, "/nb/")
    assert (museum["@type"], museum["name"], museum["url"]) == ("Museum", "Prøvesenteret", f"{PUBLIC}/nb/")
    assert [offer["price"] for offer in museum["makesOffer"]] == ["210.00"]
    assert {(hours["opens"], hours["closes"]) for hours in museum["openingHoursSpecification"]} == {("09:00", "16:00")}
    assert len(museum["openingHoursSpecification"]) == 7


@pytest.mark.parametrize("path", ["", "tickets", "whats-on", "whats-on/bobler", "terms"])
def test_a_page_names_itself_in_every_language_by_our_public_address(show: int, visitor: Visitor, path: str) -> None:
    page = visitor.get(f"/nb/{path}?day=today&party=3").get_data(as_text=True)
    assert f'<link rel="canonical" href="{PUBLIC}/nb/{path}">' in page
    for lang in LANGUAGES:
        assert f'<link rel="alternate" hreflang="{lang}" href="{PUBLIC}/{lang}/{path}">' in page
    assert f'<meta property="og:url" content="{PUBLIC}/nb/{path}">' in page
    assert "noindex" not in page
    for name in ("title", "description", "image"):
        assert re.search(rf'<meta property="og:{name}" content="[^"]+">', page)


def test_what_is_one_persons_is_not_found_and_has_no_other_addresses(show: int, visitor: Visitor) -> None:
    entry = db.session.query(Activity.id).filter_by(kind=Kind.ADMISSION).scalar()
    adult = a_ticket_type(entry, 0)
    first = db.session.query(Slot.id).filter_by(activity_id=entry).scalar()
    checkout = visitor.checkout(first, adult)
    for path in (checkout, *PRIVATE):
        page = visitor.get(path)
        text = page.get_data(as_text=True)
        assert "noindex" in text or "noindex" in page.headers.get("X-Robots-Tag", ""), path
        assert "canonical" not in text, path
        assert "hreflang" not in text.partition("</head>")[0], path
        assert "og:" not in text, path


def test_the_list_for_search_engines_has_every_page_that_may_be_found_and_each_opens(
    show: int, visitor: Visitor
) -> None:
    answer = visitor.get("/sitemap.xml")
    assert answer.mimetype == "application/xml"
    addresses = [loc.text or "" for loc in ElementTree.fromstring(answer.data).iter(f"{SITEMAP}loc")]
    assert f"{PUBLIC}/lv/whats-on/bobler" in addresses
    assert (
        len(addresses)
        == len(set(addresses))
        == 4 * (len([each for each in FINDABLE if each.count("list") or "." in each]) - 3)
    )
    for address in addresses:
        page = visitor.get(address.removeprefix(PUBLIC))
        assert page.status_code == 200, address
        assert f'<link rel="canonical" href="{address}">' in page.get_data(as_text=True)


def test_robots_are_told_where_the_list_is(show: int, visitor: Visitor) -> None:
    assert f"Sitemap: {PUBLIC}/sitemap.xml" in visitor.get("/robots.txt").get_data(as_text=True)


def test_a_link_that_is_shared_shows_the_house_in_the_centres_colours(show: int, visitor: Visitor) -> None:
    page = visitor.get("/nb/").get_data(as_text=True)
    address = re.search(r'<meta property="og:image" content="([^"]+)">', page)
    assert address
    picture = visitor.get(address[1].removeprefix(PUBLIC))
    assert picture.data.startswith(b"\x89PNG")
    assert int.from_bytes(picture.data[16:20], "big") == 1200
    assert int.from_bytes(picture.data[20:24], "big") == 630
    assert visitor.get("/share/0b4f6cffffff.png").status_code == 404
