"""Where a document is on its way to the payer, what may follow on what, and what the payer said of it."""

from __future__ import annotations

from enum import StrEnum


class DeliveryState(StrEnum):
    """Where a document is.

    SENDING is written down before anything leaves: whoever finds it there does not know whether it has left.
    """

    WAITING = "waiting"
    LOOKING_UP = "looking_up"
    SENDING = "sending"
    SENT = "sent"
    DELIVERED = "delivered"
    REFUSED = "refused"
    UNKNOWN = "unknown"  # the outcome: it may have arrived
    NEEDS_PERSON = "needs_person"
    BY_MAIL = "by_mail"  # instead of what was meant
    OUTSIDE = "outside"  # somebody has sent it in another way
    KEPT_BACK = "kept_back"  # the payer never got what it is about, or all of it is credited


D = DeliveryState
NEXT: dict[DeliveryState, frozenset[DeliveryState]] = {
    D.WAITING: frozenset({D.LOOKING_UP, D.SENDING, D.SENT, D.NEEDS_PERSON, D.BY_MAIL, D.OUTSIDE, D.KEPT_BACK}),
    D.LOOKING_UP: frozenset({D.SENDING, D.SENT, D.NEEDS_PERSON, D.BY_MAIL, D.OUTSIDE, D.KEPT_BACK}),
    D.SENDING: frozenset({D.WAITING, D.SENT, D.REFUSED, D.UNKNOWN}),
    D.SENT: frozenset({D.DELIVERED, D.REFUSED, D.NEEDS_PERSON}),
    D.DELIVERED: frozenset({D.REFUSED}),
    D.REFUSED: frozenset({D.WAITING, D.BY_MAIL, D.OUTSIDE}),
    D.UNKNOWN: frozenset({D.WAITING, D.SENT, D.DELIVERED, D.BY_MAIL, D.OUTSIDE}),
    D.NEEDS_PERSON: frozenset({D.WAITING, D.BY_MAIL, D.OUTSIDE}),
    D.BY_MAIL: frozenset({D.NEEDS_PERSON}),
    D.OUTSIDE: frozenset(),
    D.KEPT_BACK: frozenset({D.WAITING}),
}
ON_ITS_WAY = (D.WAITING, D.LOOKING_UP, D.SENDING)  # the worker goes on with these by itself
WITH_THE_PAYER = (D.SENT, D.DELIVERED, D.BY_MAIL, D.OUTSIDE)
WANT_A_PERSON = (D.REFUSED, D.UNKNOWN, D.NEEDS_PERSON)


class SendingChannel(StrEnum):
    """How a document goes out."""

    FOLDER = "folder"
    MAIL = "mail"
    ACCESS_POINT = "access_point"


class WhyPerson(StrEnum):
    """Why a document waits for somebody, is kept back, or went by mail instead."""

    NOTHING = ""
    NOT_SET_UP = "not_set_up"  # nobody has said how documents go out
    NO_ACCESS_POINT = "no_access_point"  # its address and key are not set
    NOT_FOUND = "not_found"  # the payer cannot receive electronic documents
    NOT_KNOWN = "not_known"  # nobody could say whether the payer can
    NO_XML = "no_xml"  # there is no electronic form of it
    NO_EMAIL = "no_email"
    MAIL_REFUSED = "mail_refused"
    INVOICE_NOT_SENT = "invoice_not_sent"  # of a credit note: what it takes back waits for somebody
    NEVER_ARRIVED = "never_arrived"  # of a credit note: what it takes back never reached the payer
    CREDITED = "credited"  # all of it, before it went out
    CHOSEN = "chosen"  # somebody decided so


class BuyerResponse(StrEnum):
    """What the buyer said of it once it was delivered; delivered is not accepted."""

    NONE = "none"
    IN_PROCESS = "in_process"
    QUERY = "query"
    CONDITIONAL = "conditional"
    REJECTED = "rejected"
    ACCEPTED = "accepted"
    PAID = "paid"


DISPUTED = (BuyerResponse.QUERY, BuyerResponse.REJECTED)


class ReportState(StrEnum):
    """Whether the tax authority has been told of a document, where the law wants it (Latvia: VID)."""

    NOT_NEEDED = "not_needed"
    DUE = "due"
    REPORTED = "reported"


def may_follow(before: DeliveryState, after: DeliveryState) -> bool:
    """Whether a document in the one state may come to the other."""
    return after in NEXT[before]
