"""A party's booking as a pass of Google's: an event of its own, and the ticket to it. Without the booker's name.

Times stand in the event, so each booking has one, and a change of time is a change of that.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from booking.centre.colours import BRAND, checked, ground
from booking.centre.facts import CentreFacts
from booking.google_wallet_keys import GoogleWallet
from booking.wallet.party import PartyPass

SAVE = "https://pay.google.com/gp/v/save/"
LONGEST = 1800  # signs of a link's statement: browsers cut longer ones
SHOWN_AFTER = timedelta(hours=12)  # so long after its last time a ticket is still among those that may be used
MAY_WAIT = (
    "textModulesData", "linksModuleData", "groupingInfo", "multipleDevicesAndHoldersAllowedStatus", "validTimeInterval",
    "hexBackgroundColor", "reservationInfo",
)  # fmt: skip
EVENT, TICKET = "eventTicketClass", "eventTicketObject"

Content = dict[str, object]


@dataclass(frozen=True, slots=True)
class GooglePass:
    """Both parts of a pass, each by what Google calls its kind."""

    event: Content
    ticket: Content

    @property
    def parts(self) -> tuple[tuple[str, Content], ...]:
        """In the order in which they are to be there."""
        return (EVENT, self.event), (TICKET, self.ticket)


def google_pass(told: PartyPass, centre: CentreFacts, keys: GoogleWallet) -> GooglePass:
    """What it says now."""
    colour, _words = ground(checked(centre.brand, BRAND))
    event_id, ticket_id = f"{keys.issuer}.event-{told.serial}", f"{keys.issuer}.party-{told.serial}"
    until = max(told.ends_at, told.starts_at) + SHOWN_AFTER
    details = [told.whole_when, *told.details] if told.cancelled else told.details
    event: Content = {
        "id": event_id,
        "issuerName": told.centre,
        "reviewStatus": "UNDER_REVIEW",  # each time: Google looks at them by itself
        "eventName": _said(told.title, told.lang),
        "venue": {"name": _said(told.centre, told.lang), "address": _said(told.place or told.centre, told.lang)},
        "dateTime": {"start": _moment(told.starts_at), "end": _moment(told.ends_at)},
        "hexBackgroundColor": colour,
        "multipleDevicesAndHoldersAllowedStatus": "MULTIPLE_HOLDERS",  # a party hands it on
    }
    ticket: Content = {
        "id": ticket_id,
        "classId": event_id,
        "state": "INACTIVE" if told.cancelled else "ACTIVE",
        "barcode": {"type": "QR_CODE", "value": told.door, "alternateText": told.reference.value},
        "reservationInfo": {"confirmationCode": told.reference.value},
        "ticketType": _said(told.people.value, told.lang),
        "groupingInfo": {"groupingId": told.serial},
        "validTimeInterval": {"end": {"date": _moment(until)}},
        "linksModuleData": {"uris": [{"id": "page", "uri": told.address, "description": _named(told, "page")}]},
        "textModulesData": [
            {"id": text.key, "header": text.label, "body": text.value} for text in details if text.key != "page"
        ],
    }
    return GooglePass(event, ticket)


def save_link(made: GooglePass, keys: GoogleWallet, at: int) -> str:
    """The address at Google that offers to save it. `at`: when it is asked for, in seconds.

    What makes the address too long is left out, the least needed first: who has saved it is told the rest afterwards.
    """
    from booking.wallet.google.signing import signed  # cryptography takes a while to load, and few houses have keys

    statement = ""
    for number in range(len(MAY_WAIT) + 1):
        waits = MAY_WAIT[:number]
        event, ticket = ({key: told for key, told in part.items() if key not in waits} for _kind, part in made.parts)
        content = {"eventTicketClasses": [event], "eventTicketObjects": [ticket]}
        claims = {"iss": keys.email, "aud": "google", "typ": "savetowallet", "iat": at, "payload": content}
        statement = signed(claims, keys)
        if len(statement) <= LONGEST:
            break
    return SAVE + statement


def _named(told: PartyPass, key: str) -> str:
    return next((text.label for text in told.details if text.key == key), "")


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _said(words: str, lang: str) -> Content:
    return {"defaultValue": {"language": "no" if lang in ("nb", "nn") else lang, "value": words}}
