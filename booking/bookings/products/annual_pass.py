"""A basket with an annual pass in it: a booking of nobody, with no time of its own."""

from __future__ import annotations

from datetime import datetime, timedelta

from booking.annual_passes import issue
from booking.annual_passes.issue import WantedPass
from booking.annual_passes.kinds import sold_kind
from booking.annual_passes.refusals import PassNotSold
from booking.annual_passes.standing import days_of
from booking.bookings.models import Booking, Sold, State
from booking.bookings.rules import hold_time
from booking.capacity.models import Channel
from booking.centre.facts import CentreFacts
from booking.kernel.codes import new_reference, new_secret
from booking.kernel.writing import write_new


def order_pass(
    kind_id: int,
    wanted: WantedPass,
    *,
    centre: CentreFacts,
    now: datetime,
    lang: str,
    holder: str = "",
    channel: Channel = Channel.PUBLIC,
    renews_id: int | None = None,
) -> str:
    """A basket with a pass in it, to be paid like any other; returns its secret. Call inside a unit of work.

    `renews_id` is the pass that it goes on from. Raises PassNotSold, OddHolders.
    """
    kind = sold_kind(kind_id)
    if kind is None:
        raise PassNotSold
    issue.check(kind, wanted)
    secret, last = new_secret(), days_of(kind.begins, kind.months, centre.local(now).date()).last
    row = write_new(
        Booking,
        {
            "reference": new_reference(), "secret": secret, "code": new_secret(), "state": State.HELD,
            "channel": channel, "lang": lang, "currency": centre.currency, "total": kind.price, "people": 0,
            "sells": Sold.ANNUAL_PASS, "starts_at": now, "created_at": now, "held_until": now + hold_time(0, centre),
            "holder": holder,
            # An address is needed until its last day; it is written before a name is, so of an order never paid too.
            "forgotten_as_of": now + (last - centre.local(now).date()) + timedelta(days=1),
        },
    )  # fmt: skip
    issue.order(row, kind, wanted, lang, now, renews_id)
    return secret
