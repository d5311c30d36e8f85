"""The tickets that let the same people in for less, told while one chooses; one press takes them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from booking.bookings.basket import Pick
from booking.bookings.by_code.beforehand import Beforehand, ShownSum, beforehand
from booking.bookings.on_sale import sale_at
from booking.bookings.rules import ChosenTickets, check_party
from booking.capacity.availability import Free, first_choice
from booking.capacity.models import Channel
from booking.catalogue.best_price import SoldTicket, beside, best_tickets, parties_of
from booking.catalogue.queries import TicketOffer, offers_of
from booking.discounts.rules import TicketsPriced
from booking.kernel import clock
from booking.kernel.refusals import Refusal
from booking.web.blueprints import visitor
from booking.web.extensions import limiter
from booking.web.guards.access import public
from booking.web.languages import centre
from booking.web.typed import identity, whole_number
from booking.web.visitor.basket import own_basket
from booking.web.visitor.choosing import TicketChoice, choices_of, read_quantities, sum_of, with_days


@dataclass(frozen=True, slots=True)
class BestOffer:
    """Cheaper tickets for the same people: which, what that saves, and where a press leads."""

    tickets: Sequence[tuple[TicketOffer, int]]  # those that stand for several people, or go with one that does
    saves: int
    address: str
    fields: str  # what each field of the form then says, for the page that need not be loaded again


@dataclass(frozen=True, slots=True)
class BestPricePage:
    """Only the words about cheaper tickets, if there are any, and the sum where something takes itself off it."""

    best: BestOffer | None
    sum: ShownSum | None = None


@visitor.get("/tickets/best")
@limiter.limit("300 per minute")
@public
def best_price() -> str:
    """Only the words about it, for a page whose numbers change."""
    now, basket = clock.now(), own_basket()
    slot_id = identity(request.args.get("slot"))
    slot = first_choice(slot_id, Channel.PUBLIC, now, [basket.booking_id] if basket else []) if slot_id else None
    if slot is None:
        return render_template("visitor/best.html", page=BestPricePage(None))
    lowering = beforehand(Channel.PUBLIC, centre(), now)
    sold = choices_of(slot, offers_of({slot.activity_id}), centre(), request.args, {}, 0, lowering)
    choices = with_days(slot, sold, Channel.PUBLIC, centre(), [basket.booking_id] if basket else [])
    best = best_offer(slot, choices, request.args, lowering)
    counted = _counted(slot, choices, lowering) if lowering.campaigns else None
    return render_template("visitor/best.html", page=BestPricePage(best, counted))


def _counted(slot: Free, choices: Sequence[TicketChoice], lowering: Beforehand) -> ShownSum:
    """The sum of what is typed; where that is more than the time's own tickets, in one statement."""
    quantities = read_quantities(request.args)[0]
    if not any(count for (other, _type), count in quantities.items() if other != slot.slot_id):
        return sum_of([(slot, choices)], lowering, centre())
    wanted = [Pick(*key, count) for key, count in quantities.items() if count]
    sale = sale_at({pick.slot_id for pick in wanted}, Channel.PUBLIC, centre(), clock.now())
    return lowering.of_order(
        [
            TicketsPriced(there.activity_id, pick.ticket_type_id, centre().local(there.starts_at), price, pick.quantity)
            for pick in wanted
            if (there := sale.slots.get(pick.slot_id)) is not None
            and (price := sale.price(pick.slot_id, pick.ticket_type_id)) is not None
        ]
    )


@visitor.post("/tickets/count")
@limiter.limit("120 per minute")
@public
def count_tickets() -> ResponseReturnValue:
    """The same page with the sum of what was typed: for browsers that do not count themselves."""
    return redirect(address_with(request.form, {}), 303)


def best_offer(
    slot: Free, choices: Sequence[TicketChoice], typed: Mapping[str, str], lowering: Beforehand
) -> BestOffer | None:
    """What lets the same people in for less; None where nothing does.

    The people are those on tickets for one whom some other ticket stands for too; all other tickets stay as they are.
    """
    chosen = _chosen(choices)
    slugs = {slug for choice in choices for way in choice.offer.covers for slug in way}
    kinds = [choice for choice in choices if choice.offer.slug in slugs and not choice.offer.covers]
    people = tuple(chosen.get(choice.offer.ticket_type_id, 0) for choice in kinds)
    if not any(people):
        return None
    names = [choice.offer.slug for choice in kinds]
    stay = {kind: count for kind, count in chosen.items() if kind not in {c.offer.ticket_type_id for c in kinds}}
    places = sum(choice.offer.places * stay.get(choice.offer.ticket_type_id, 0) for choice in choices)
    most = min(slot.free, centre().most_people) - places
    best = best_tickets(people, beside([_sold(choice, names) for choice in choices], stay), most)
    now = sum(choice.price * count for choice, count in zip(kinds, people, strict=True))
    if best is None or best.price >= now:
        return None
    becomes = {
        choice.offer.ticket_type_id: stay.get(choice.offer.ticket_type_id, 0)
        + best.quantities.get(choice.offer.ticket_type_id, 0)
        for choice in choices
    }
    if not _can_come(choices, becomes):
        return None
    before, after = (_total(slot, choices, counts, lowering) for counts in (chosen, becomes))
    return _offer(slot, choices, typed, best.quantities, becomes, before - after) if after < before else None


def _total(slot: Free, choices: Sequence[TicketChoice], counts: Mapping[int, int], lowering: Beforehand) -> int:
    """What so many of each come to together."""
    counted = [replace(choice, quantity=str(counts.get(choice.offer.ticket_type_id, 0))) for choice in choices]
    return sum_of([(slot, counted)], lowering, centre()).price


def _offer(
    slot: Free,
    choices: Sequence[TicketChoice],
    typed: Mapping[str, str],
    taken: Mapping[int, int],
    becomes: Mapping[int, int],
    saves: int,
) -> BestOffer:
    fields = {f"q-{slot.slot_id}-{ticket_type_id}": count for ticket_type_id, count in becomes.items()}
    return BestOffer(
        tickets=[
            (choice.offer, taken[choice.offer.ticket_type_id])
            for choice in choices
            if choice.offer.covers and taken.get(choice.offer.ticket_type_id)
        ],
        saves=saves,
        address=address_with(typed, fields, slot.slot_id),
        fields=json.dumps(fields, separators=(",", ":")),
    )


def address_with(typed: Mapping[str, str], fields: Mapping[str, int], slot_id: int | None = None) -> str:
    """The page of a time with what was typed, but for fields that are to say something else."""
    quantities = {f"q-{slot}-{kind}": count for (slot, kind), count in read_quantities(typed)[0].items()}
    slot_id = slot_id or identity(typed.get("slot"))
    party = whole_number(typed.get("party"), 1, centre().most_people)
    values: dict[str, Any] = {"party": party, "slot": slot_id, "_anchor": "choose"} | quantities | dict(fields)
    return url_for("visitor.tickets", **values)


def _chosen(choices: Sequence[TicketChoice]) -> dict[int, int]:
    """How many of each ticket type; what is no number counts as none."""
    typed = {choice.offer.ticket_type_id: whole_number(choice.quantity or "0", 0, 500) for choice in choices}
    return {kind: count for kind, count in typed.items() if count}


def _sold(choice: TicketChoice, kinds: Sequence[str]) -> SoldTicket:
    offer = choice.offer
    themselves = [{offer.slug: 1}] if offer.slug in kinds else []
    ways = parties_of(offer.covers or themselves, offer.places, kinds)
    return SoldTicket(offer.ticket_type_id, choice.price, offer.places, offer.most, offer.goes_with, ways)


def _can_come(choices: Sequence[TicketChoice], quantities: Mapping[int, int]) -> bool:
    """Whether the rules let them come together so."""
    chosen = [ChosenTickets(choice.offer, quantities[choice.offer.ticket_type_id]) for choice in choices]
    try:
        check_party([tickets for tickets in chosen if tickets.quantity])
    except Refusal:
        return False
    return True
