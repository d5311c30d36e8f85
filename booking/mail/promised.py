"""What a promised letter is about, as a value for each kind: read from its promise by the fields' names."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PromisedToAddress:
    """A letter to an address that somebody has typed, in the language they were reading."""

    email: str
    lang: str


@dataclass(frozen=True, slots=True)
class PromisedGiftCard:
    """A gift card, sent for the so-many-eth time that it was asked for: each time has a code of its own."""

    card_id: int
    asked: int


@dataclass(frozen=True, slots=True)
class PromisedCardEnd:
    """A gift card whose last day comes near."""

    card_id: int


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


@dataclass(frozen=True, slots=True)
class PromisedOfBooking:
    """A letter about a booking as it is when it is written."""

    booking_id: int


@dataclass(frozen=True, slots=True)
class PromisedWithdrawal(PromisedOfBooking):
    """The receipt of a withdrawal, to who declared it, or `to_buyer` where that is another address.

    `more` is what of it goes back later than the rest, in minor units.
    """

    to_buyer: bool = False
    more: int = 0


@dataclass(frozen=True, slots=True)
class PromisedWithdrawLink(PromisedToAddress):
    """The way to withdraw from the purchase of this reference, if the address bought it."""

    reference: str


@dataclass(frozen=True, slots=True)
class PromisedWithMoney(PromisedOfBooking):
    """A letter that says what is paid or comes back, in minor units of the booking's currency.

    `refund` is all that comes back. `in_till` is what of it the desk gives; an earlier version said only whether.
    `on_cards` is what of it is back on gift cards.
    """

    refund: int = 0
    in_till: int | bool = 0
    paid: int = 0
    given_up: int = 0
    by_rule: int = 0
    disputed: int = 0
    on_cards: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class PromisedMoneyBack(PromisedWithMoney):
    """That money is on its way back; `mark` is that of its refunds."""

    mark: str


@dataclass(frozen=True, slots=True)
class PromisedReminder(PromisedOfBooking):
    """A letter the day before, so long as the booking begins at this moment (ISO 8601)."""

    starts_at: str


@dataclass(frozen=True, slots=True)
class PromisedOpenAgain(PromisedOfBooking):
    """That what this closure had closed is open after all."""

    closure_id: int


@dataclass(frozen=True, slots=True)
class PromisedToParticipant:
    """A letter to somebody who takes part in a course."""

    participant_id: int


@dataclass(frozen=True, slots=True)
class PromisedToSubscriber:
    """The question whether news are wanted."""

    subscriber_id: int


@dataclass(frozen=True, slots=True)
class PromisedNewsTrial:
    """An issue of the newsletter to one of the staff, in a language."""

    issue_id: int
    account_id: int
    lang: str


@dataclass(frozen=True, slots=True)
class PromisedInLine:
    """A letter about a place on a waiting list, of the public's or of the schools'."""

    waiting_id: int


@dataclass(frozen=True, slots=True)
class PromisedOfWish:
    """A letter about a wish for a release day."""

    wish_id: int


@dataclass(frozen=True, slots=True)
class PromisedOfFailure:
    """A letter to the centre about a refund that failed."""

    refund_id: int


@dataclass(frozen=True, slots=True)
class PromisedOfPayment:
    """A letter to the centre about a payment whose money is not there yet."""

    payment_id: int


@dataclass(frozen=True, slots=True)
class PromisedInvoice:
    """An invoice or a credit note with its paper, so long as its delivery is at this attempt."""

    invoice_id: int
    attempt: int


@dataclass(frozen=True, slots=True)
class PromisedOfInvoice:
    """A reminder of an invoice, so long as something is open."""

    reminder_id: int


@dataclass(frozen=True, slots=True)
class PromisedToPayer:
    """The link to a payer's own page, to an address that staff have typed."""

    payer_id: int
    email: str
    lang: str


@dataclass(frozen=True, slots=True)
class PromisedAnnualPass:
    """The letter with an annual pass, so long as it was not asked for again since."""

    pass_id: int
    asked: int
