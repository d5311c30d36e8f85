"""Pure decisions about bookings: who may buy what together, how long places are kept, what comes back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from booking.bookings.refusals import CompanionAlone, NeedsAdult, TooMany
from booking.catalogue.queries import TicketOffer
from booking.centre.facts import CentreFacts
from booking.kernel.money import part_of


@dataclass(frozen=True, slots=True)
class ChosenTickets:
    """So many of one ticket type."""

    offer: TicketOffer
    quantity: int


def check_party(chosen: Sequence[ChosenTickets]) -> None:
    """Refuse what cannot come together: TooMany, NeedsAdult, CompanionAlone."""
    for tickets in chosen:
        if tickets.quantity > tickets.offer.most:
            raise TooMany(tickets.offer.most, tickets.offer.ticket_type_id)
    if any(tickets.offer.needs_adult for tickets in chosen) and not any(
        tickets.offer.brings_adult for tickets in chosen
    ):
        raise NeedsAdult
    companions = sum(tickets.quantity for tickets in chosen if tickets.offer.accompanies)
    others = sum(tickets.quantity * tickets.offer.places for tickets in chosen if not tickets.offer.accompanies)
    if companions > others:
        raise CompanionAlone


def hold_time(people: int, centre: CentreFacts) -> timedelta:
    """How long places are kept while somebody fills in: the centre's minutes, one more for each ten people."""
    return timedelta(minutes=centre.hold_minutes + people // 10)


def change_deadline(starts_at: datetime, centre: CentreFacts) -> datetime:
    """Until when the buyer may change or cancel by themselves."""
    return starts_at - timedelta(hours=centre.change_until_hours)


def refund_deadline(starts_at: datetime, centre: CentreFacts) -> datetime:
    """Until when everything comes back; after it the centre's late share."""
    return starts_at - timedelta(hours=centre.refund_until_hours)


@dataclass(frozen=True, slots=True)
class Holding:
    """Where the money paid for a booking and its changes is, in minor units."""

    paid: int = 0  # came in, online and in the centre's own till
    back: int = 0  # went back or is promised back, whoever said so: a rule, the office, the provider's dashboard
    disputed: int = 0  # of the rest, what the payer's bank has taken or may take: nobody can send it
    in_till: int = 0  # of the rest, what lies in the centre's own till and is paid out there
    lost: int = 0  # of what is disputed, what the bank has given to the payer for good
    on_cards: int = 0  # of the rest, what gift cards have paid, and what goes back to them

    @property
    def left(self) -> int:
        """What can still be sent back."""
        return self.paid - self.back - self.disputed

    @property
    def by_bank(self) -> int:
        """Of what can still be sent back, what goes to a card or an account and takes its days."""
        return self.left - self.in_till - self.on_cards

    @property
    def undecided(self) -> int:
        """Of what is disputed, what the bank may yet leave with us."""
        return self.disputed - self.lost


@dataclass(frozen=True, slots=True)
class Agreed:
    """What a booking stands for, in minor units.

    `late` is the part of `total` of which only the late share comes back, whatever day the visit has been moved to;
    `kept` is what earlier late changes have left with the centre, `held` what goes back to the buyer as soon as their
    bank, which holds the money, decides for us.
    """

    total: int
    late: int = 0
    kept: int = 0
    held: int = 0


@dataclass(frozen=True, slots=True)
class Settlement:
    """What a change or a cancellation means in money, in minor units: the one sum of page, letter, refund and receipt.

    `by_rule` is what the rules give back of what is given up, `due` what is sent: less, where more than the rules
    asked went back before, or where the payer's bank holds the money. `to_pay` is what the change costs.
    """

    before: Agreed
    after: Agreed
    by_rule: int
    due: int
    to_pay: int
    holding: Holding

    @property
    def given_up(self) -> int:
        """By how much less the booking costs."""
        return max(self.before.total - self.after.total, 0)

    @property
    def taken_off(self) -> int:
        """What is not sent because it went back before, beyond what the rules asked."""
        return min(self.holding.back, max(self.by_rule - self.due - self.holding.undecided, 0))


def becomes(agreed: Agreed, total: int, starts_at: datetime, now: datetime, centre: CentreFacts) -> tuple[Agreed, int]:
    """What a booking that starts at `starts_at` stands for when it costs `total` from now on, and what comes back.

    What is given back never gets better by moving: all that was paid for a time whose deadline for everything back
    has passed stays `late` when the visit is moved to a later day. What is added afterwards is not late, and is what
    is given up first, so that adding and taking off again is as if nothing had happened.
    """
    late = agreed.total if now > refund_deadline(starts_at, centre) else agreed.late
    given_up = max(agreed.total - total, 0)
    in_time = min(given_up, agreed.total - late)
    back = in_time + part_of(given_up - in_time, centre.late_refund_percent)
    return Agreed(total, late - (given_up - in_time), agreed.kept + given_up - back), back


def settle(agreed: Agreed, after: Agreed, by_rule: int, holding: Holding) -> Settlement:
    """What goes back now, or is to be paid, when a booking comes to stand for `after`.

    Of what we have we keep the price of what stands and what the rules keep: that is all that decides, so money that
    went back before (by the office, in the provider's dashboard, out of goodwill) is taken off, and nothing goes
    back that was never paid. A booking without any money of its own (an invoice, a free one) keeps nothing by rule.
    """
    if not holding.paid:
        after = Agreed(after.total)
    beyond = holding.left - after.total - after.kept
    due = min(by_rule, max(beyond, 0))
    held = min(by_rule - due, max(beyond + holding.undecided - due - agreed.held, 0))
    return Settlement(
        before=agreed,
        after=replace(after, held=agreed.held + held),
        by_rule=by_rule,
        due=due,
        to_pay=max(after.total - agreed.total, 0),
        holding=holding,
    )


def settle_won(stands: Agreed, holding: Holding) -> int:
    """What of the money held back goes to the buyer now that their bank has decided for us, in minor units."""
    return min(stands.held, max(holding.left - stands.total - stands.kept, 0))


def settle_change(
    agreed: Agreed, total: int, starts_at: datetime, now: datetime, centre: CentreFacts, holding: Holding
) -> Settlement:
    """A change by the rule of the day; `starts_at` is the time before the change."""
    after, by_rule = becomes(agreed, total, starts_at, now, centre)
    return settle(agreed, after, by_rule, holding)


def settle_in_full(agreed: Agreed, total: int, holding: Holding) -> Settlement:
    """A change or a cancellation that is our doing: all that is given up comes back, whatever the deadlines say."""
    given_up = max(agreed.total - total, 0)
    late = max(agreed.late - max(given_up - (agreed.total - agreed.late), 0), 0)
    return settle(agreed, Agreed(total, late, agreed.kept), given_up, holding)
