"""What a promised letter is about where it is more than one id: read from its promise by the field's names."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PromisedToAddress:
    """A letter to an address that somebody has typed, in the language they were reading."""

    email: str
    lang: str


@dataclass(frozen=True, slots=True)
class PromisedCopy:
    """A plan passed on: `wishes` is the query of the page that plans the same."""

    email: str
    lang: str
    wishes: str


@dataclass(frozen=True, slots=True)
class PromisedInvitation:
    """A way in for one of the staff: the link's secret is made again from its nonce."""

    account_id: int
    nonce: str


@dataclass(frozen=True, slots=True)
class PromisedOn:
    """A letter about a visit, so long as it is on this date of the centre's calendar."""

    booking_id: int
    on: str
