"""Promises of passes: who has one is told that it is newer."""

from __future__ import annotations

from dataclasses import dataclass

from booking.bookings.queries import by_id
from booking.centre.facts import the_centre
from booking.kernel.database import end_reading, unit_of_work
from booking.outbox.keepers import PromiseKeeper, read
from booking.outbox.models import Rank
from booking.outbox.promises import Leased
from booking.settings import Settings
from booking.wallet import phones
from booking.wallet.apple import push
from booking.wallet.changes import GOOGLE, KIND
from booking.wallet.party import has_pass, party_pass


@dataclass(frozen=True, slots=True)
class PromisedPass:
    """The booking whose pass is newer. `quiet`: whoever has it knows what is new."""

    booking_id: int
    quiet: bool = False


def _update(leased: Leased, settings: Settings) -> None:
    """Told twice does no harm. Where the keys were taken away meanwhile nobody is told."""
    booking_id, keys = read(PromisedPass, leased.about).booking_id, settings.apple_wallet
    push_tokens = phones.push_tokens_of(booking_id) if keys is not None else []
    end_reading()
    if keys is None or not push_tokens:
        return
    for answer in push.tell(keys, push_tokens):
        if answer.told is push.Told.GONE:
            with unit_of_work():
                phones.forget_push_token(booking_id, answer.push_token)


def _tell_google(leased: Leased, settings: Settings) -> None:
    """Told twice does no harm, and what was told last is what stands: it is read when it is told."""
    about, keys = read(PromisedPass, leased.about), settings.google_wallet
    facts = by_id(about.booking_id) if keys is not None else None
    if keys is None or facts is None or not has_pass(facts):
        end_reading()
        return
    centre = the_centre()
    end_reading()
    from booking.wallet.google.client import client_of  # the worker's alone
    from booking.wallet.google.passes import google_pass

    address = f"{settings.public_url}/{facts.lang}/b/{facts.secret}"
    client, told = client_of(keys), party_pass(facts, centre, address)
    notify = {} if about.quiet else {"notifyPreference": "NOTIFY_ON_UPDATE"}
    for kind, content in google_pass(told, centre, keys).parts:
        if not client.patch(kind, {**content, **notify}):
            return  # nobody has saved it


KEEPERS = (PromiseKeeper(KIND, _update, Rank.TODAY), PromiseKeeper(GOOGLE, _tell_google, Rank.TODAY))
