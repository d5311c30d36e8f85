"""What is on as search engines read it: schema.org, in the words and with the figures that the page shows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from booking.capacity.availability import Availability, Free
from booking.catalogue.models import Kind
from booking.catalogue.queries import EventFacts
from booking.centre.facts import CentreFacts
from booking.centre.opening import Hours, Open, hours_on
from booking.contests.room import Teams
from booking.kernel.database import Texts
from booking.web.addresses import public_address
from booking.web.frame import picture_to_share
from booking.web.languages import centre, wording
from booking.web.visitor.whats_on.cards import LowestPrice, standing_of

Data = dict[str, Any]
SCHEMA = "https://schema.org/"
WEEK = 7
SOLD_OUT = "SoldOut"
AVAILABLE = {
    Availability.FREE: "InStock",
    Availability.FEW: "LimitedAvailability",
    Availability.FULL: SOLD_OUT,
    Availability.NOT_YET: "PreOrder",
}


def event_data(event: EventFacts, slots: Iterable[Free], prices: Mapping[int, LowestPrice]) -> Data:
    """An Event for each of these times, with what it costs and whether there is room."""
    return {"@context": SCHEMA, "@graph": [_event(event, slot, prices.get(slot.slot_id)) for slot in slots]}


def museum_data(prices: Iterable[tuple[Texts, int]], today: date, opening: Hours) -> Data:
    """The centre: where it is, when it is open in the week to come, and what entry costs, by kind of person."""
    facts, words = centre(), wording().words
    hours = [_hours(today + timedelta(days=after), opening) for after in range(WEEK)]
    data = {
        "@context": SCHEMA,
        "@type": "Museum",
        "name": facts.name,
        "description": words(facts.tagline),
        "url": public_address("visitor.front"),
        "image": picture_to_share(),
        "logo": public_address("machine.logo", name=facts.logo) if facts.logo else "",
        "address": facts.address,
        "telephone": facts.phone,
        "email": facts.email,
        "sameAs": facts.website,
        "openingHoursSpecification": hours if any(opening) else [],
        "makesOffer": [
            _offer(minor, facts, "InStock", public_address("visitor.tickets")) | {"name": words(title)}
            for title, minor in prices
        ],
    }
    return {name: value for name, value in data.items() if value}


def _event(event: EventFacts, slot: Free, price: LowestPrice | None) -> Data:
    facts, words = centre(), wording().words
    data: Data = {
        "@type": "Event",
        "name": words(event.title),
        "description": words(event.about) or words(event.summary),
        "url": public_address("visitor.event", slug=event.slug),
        "image": picture_to_share(event.picture),
        "startDate": facts.local(slot.starts_at).isoformat(),
        "endDate": facts.local(slot.ends_at).isoformat(),
        "eventStatus": f"{SCHEMA}EventScheduled",
        "eventAttendanceMode": f"{SCHEMA}OfflineEventAttendanceMode",
        "remainingAttendeeCapacity": slot.free,
        "location": {"@type": "Place", "name": facts.name, "address": facts.address},
        "organizer": {"@type": "Organization", "name": facts.name, "url": public_address("visitor.front")},
    }
    if event.least_age:
        data["typicalAgeRange"] = f"{event.least_age}-"
    if price is not None:
        address = public_address("visitor.tickets_with", show=slot.slot_id)
        teams = Teams({event.id: price.places} if event.kind is Kind.CONTEST else {})
        standing = standing_of(slot, facts, teams)
        data["offers"] = _offer(price.minor, facts, AVAILABLE.get(standing, SOLD_OUT), address)
        data["isAccessibleForFree"] = price.minor == 0 and not event.needs_admission
    return data


def _offer(minor: int, facts: CentreFacts, availability: str, address: str) -> Data:
    return {
        "@type": "Offer",
        "price": str(Decimal(minor).scaleb(-2)),
        "priceCurrency": facts.currency,
        "availability": f"{SCHEMA}{availability}",
        "url": address,
    }


def _hours(day: date, opening: Hours) -> Data:
    """One day; closed where it opens and closes at midnight."""
    hours = hours_on(day, *opening)
    opens, closes = (hours.public_from, hours.closes) if isinstance(hours, Open) else (None, None)
    return {
        "@type": "OpeningHoursSpecification",
        "validFrom": day.isoformat(),
        "validThrough": day.isoformat(),
        "opens": f"{opens:%H:%M}" if opens else "00:00",
        "closes": f"{closes:%H:%M}" if closes else "00:00",
    }
