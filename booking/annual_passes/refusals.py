"""How annual passes say no."""

from __future__ import annotations

from datetime import date

from booking.kernel.refusals import Refusal


class PassNotSold(Refusal):
    """No pass of this kind is sold any more."""


class OddHolders(Refusal):
    """Names that are missing, or more people than a pass of its kind is for."""


class NoSuchPass(Refusal):
    """No pass has this code."""


class PassStopped(Refusal):
    """A pass that staff have blocked."""


class PassGivenBack(Refusal):
    """A pass whose buyer has withdrawn from the purchase."""


class PassOver(Refusal):
    """A pass that is over by the day of the visit; `last_day` is its last."""

    def __init__(self, last_day: date) -> None:
        super().__init__(last_day.isoformat())
        self.last_day = last_day


class PassNotYet(Refusal):
    """A pass whose time begins after the day of the visit, on `first_day`."""

    def __init__(self, first_day: date) -> None:
        super().__init__(first_day.isoformat())
        self.first_day = first_day


class PassTakenThatDay(Refusal):
    """A pass that has a booking on this day already."""


class PassFullyBooked(Refusal):
    """A pass that has as many bookings to come as it may, `most`."""

    def __init__(self, most: int) -> None:
        super().__init__(f"{most} open bookings")
        self.most = most


class PassMissedTooOften(Refusal):
    """Too many bookings on the pass that nobody came to: it takes none before `until` is over."""

    def __init__(self, until: date) -> None:
        super().__init__(until.isoformat())
        self.until = until


class PassOnlyWhenBooking(Refusal):
    """Tickets for who has a pass, that come to a booking which has none."""


class PassForFewer(Refusal):
    """More people than the passes are for, `admits` in all."""

    def __init__(self, admits: int) -> None:
        super().__init__(f"for {admits}")
        self.admits = admits
