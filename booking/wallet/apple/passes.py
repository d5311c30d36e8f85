"""A party's booking as a pass of Apple's: the newer poster where a phone has it, the event ticket everywhere."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from booking.bookings.queries import BookingFacts
from booking.centre.colours import BRAND, checked, ground
from booking.centre.facts import CentreFacts
from booking.wallet.apple.package import packed
from booking.wallet.apple.pictures import icons
from booking.wallet.party import NamedText, PartyPass, party_pass
from booking.wallet.serials import token_of
from booking.wallet_keys import AppleWallet

SHOWN_AFTER = timedelta(hours=12)  # so long after its last time a pass is still among those that may be used
LONGEST_SPAN = timedelta(hours=24)  # of a relevant date: Apple refuses longer ones


@dataclass(frozen=True, slots=True)
class PassIssuer:
    """Who makes passes: by which keys, and where phones ask for newer ones; "" where nobody would answer them."""

    keys: AppleWallet
    service: str


def party_file(facts: BookingFacts, centre: CentreFacts, issuer: PassIssuer, address: str) -> bytes:
    """The booking's pass as it stands now. `address` is the booking's page. Not inside a unit of work."""
    told = party_pass(facts, centre, address)
    content = content_of(told, centre, issuer, token_of(facts))
    return packed(content, icons(centre.brand, centre.accent), issuer.keys)


def content_of(told: PartyPass, centre: CentreFacts, issuer: PassIssuer, token: str) -> dict[str, object]:
    """What stands in pass.json."""
    colour, words = ground(checked(centre.brand, BRAND))
    until = min(told.ends_at, told.starts_at + LONGEST_SPAN)
    content: dict[str, object] = {
        "formatVersion": 1,
        "passTypeIdentifier": issuer.keys.pass_type,
        "teamIdentifier": issuer.keys.team,
        "serialNumber": told.serial,
        "organizationName": told.centre,
        "description": told.about,
        "logoText": told.centre,
        "backgroundColor": _rgb(colour),
        "foregroundColor": _rgb(words),
        "labelColor": _rgb(words),
        "groupingIdentifier": told.serial,
        "barcodes": [
            {
                "format": "PKBarcodeFormatQR",
                "message": told.door,
                "messageEncoding": "iso-8859-1",
                "altText": told.reference.value,
            }
        ],
        "relevantDate": _iso(told.starts_at),
        "relevantDates": [{"startDate": _iso(told.starts_at), "endDate": _iso(until)}],
        "expirationDate": _iso(told.ends_at + SHOWN_AFTER),
        "voided": told.cancelled,
        "preferredStyleSchemes": ["posterEventTicket", "eventTicket"],
        "semantics": _semantics(told),
        "eventTicket": _fields(told),
    }
    if issuer.service:
        content |= {"webServiceURL": issuer.service, "authenticationToken": token}
    return content


def _fields(told: PartyPass) -> dict[str, object]:
    """What is seen on the pass. What may change says what it is now: phones show that when a newer pass comes."""
    name = [_field(told.name)] if told.name.value else []
    return {
        "headerFields": [_field(told.when)],
        "primaryFields": [_field(NamedText("event", told.centre, told.title))],
        "secondaryFields": [_field(told.whole_when) | {"changeMessage": "%@"}],
        "auxiliaryFields": [_field(told.people) | {"changeMessage": "%@"}, *name],
        "backFields": [_field(told.reference), *map(_field, told.details)],
    }


def _semantics(told: PartyPass) -> dict[str, object]:
    """What a phone may know of the pass without reading its words: for the poster, the calendar and the way."""
    return {
        "eventType": "PKEventTypeGeneric",
        "eventName": told.title,
        "venueName": told.centre,
        "venueRegionName": told.place or told.centre,
        "eventStartDate": _iso(told.starts_at),
        "eventEndDate": _iso(told.ends_at),
    }


def _field(text: NamedText) -> dict[str, object]:
    return {"key": text.key, "label": text.label, "value": text.value}


def _rgb(colour: str) -> str:
    return "rgb({}, {}, {})".format(*(int(colour[place : place + 2], 16) for place in (1, 3, 5)))


def _iso(moment: datetime) -> str:
    """To the second, as W3C writes dates: phones read no fractions."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
