"""How the rules of buying say no."""

from __future__ import annotations

from datetime import datetime

from booking.kernel.database import Texts
from booking.kernel.refusals import Refusal


class NeedsNumber(Refusal):
    """Tickets without the numbers that they ask for: `name` is what the number is called, one for each of `wanted`."""

    def __init__(self, name: Texts, wanted: int) -> None:
        super().__init__(f"{wanted} numbers wanted")
        self.name = name
        self.wanted = wanted


class OddNumber(Refusal):
    """A number that does not look as it should; `shape` as in `numbers.fits`, "" where it is only too long."""

    def __init__(self, name: Texts, typed: str, shape: str) -> None:
        super().__init__("not such a number")
        self.name = name
        self.typed = typed
        self.shape = shape


class NeedsCompany(Refusal):
    """A ticket that is sold only together with another kind. `title` is the kind it belongs to."""

    def __init__(self, title: Texts) -> None:
        super().__init__("sold only with another kind of ticket")
        self.title = title


class TwoAtOnce(Refusal):
    """More people in shows that run at one time than come. `warning`: the buyer may know better."""

    def __init__(self, title: Texts, other_title: Texts, warning: bool) -> None:
        super().__init__("two at one time")
        self.title = title
        self.other_title = other_title
        self.warning = warning


class ChildrenAlone(Refusal):
    """Children without a grown-up, who may come so: the buyer is warned, and may know better."""

    warning = True


class Nothing(Refusal):
    """No ticket was chosen."""


class Unknown(Refusal):
    """A slot or ticket type that does not exist, or not in that combination."""


class PassStays(Refusal):
    """A pass for all days of a festival cannot be moved to another day."""


class TooMany(Refusal):
    """More of something than one booking may have. `most` is the limit."""

    def __init__(self, most: int, ticket_type_id: int | None = None) -> None:
        super().__init__(f"at most {most}")
        self.most = most
        self.ticket_type_id = ticket_type_id


class TooManyPlaces(Refusal):
    """More places at one time of an activity than one booking may take there."""

    def __init__(self, most: int, title: Texts) -> None:
        super().__init__(f"at most {most}")
        self.most = most
        self.title = title


class NeedsAdult(Refusal):
    """Small children without a grown-up."""


class CompanionAlone(Refusal):
    """More companions than people to accompany."""


class NotOnSale(Refusal):
    """The sale has not opened (`opens_at` says when) or is over (None)."""

    def __init__(self, slot_id: int, opens_at: datetime | None) -> None:
        super().__init__(f"slot {slot_id} is not on sale")
        self.slot_id = slot_id
        self.opens_at = opens_at


class NeedsAdmission(Refusal):
    """A show or workshop for more people than have entry that day, or before they come in."""

    def __init__(self, slot_id: int) -> None:
        super().__init__(f"slot {slot_id} needs admission")
        self.slot_id = slot_id


class SeveralDays(Refusal):
    """One booking is for one day."""


class TooManyHolds(Refusal):
    """One buyer, or one network address, keeps too many places without paying. `most` is the limit for one day."""

    def __init__(self, most: int = 0) -> None:
        super().__init__(f"at most {most} places")
        self.most = most


class AlreadyWaiting(Refusal):
    """This mailbox stands in line for one of those times already."""


class NotFull(Refusal):
    """Nobody need wait: there is room for all of them."""

    def __init__(self, slot_id: int) -> None:
        super().__init__(f"slot {slot_id} is not full")
        self.slot_id = slot_id


class TooLate(Refusal):
    """The deadline `until` has passed."""

    def __init__(self, until: datetime) -> None:
        super().__init__(f"possible until {until.isoformat()}")
        self.until = until


class AnotherSum(Refusal):
    """It is another sum by now than what was shown; `minor` is what it is."""

    def __init__(self, minor: int) -> None:
        super().__init__(f"it is {minor}")
        self.minor = minor


class BookingChanged(Refusal):
    """The booking is another by now than the one that was asked about."""


class AlreadyUsed(Refusal):
    """Somebody has been let in on it already."""


class WrongState(Refusal):
    """The booking is not in a state where this can be done."""

    def __init__(self, state: str) -> None:
        super().__init__(f"the booking is {state}")
        self.state = state
