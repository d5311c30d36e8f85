"""How a wish for a release day is refused."""

from __future__ import annotations

from datetime import datetime

from booking.kernel.refusals import Refusal
from booking.releases.openings import ReleaseFacts


class CannotPrepare(Refusal):
    """Wishes can be written and changed from `release.prepare_from` until `release.opens_at`."""

    def __init__(self, release: ReleaseFacts) -> None:
        super().__init__("not now")
        self.release = release


class NotThisRelease(Refusal):
    """A plan that has nothing to do with the release, or with another one as well."""


class SameWish(Refusal):
    """This school has a wish for one of these classes already."""


class TooManyOptions(Refusal):
    """A wish has at most MOST_OPTIONS plans, and at least one."""


class TooEarly(Refusal):
    """It is not open yet; the wish stays as it is."""

    def __init__(self, opens_at: datetime) -> None:
        super().__init__(f"opens {opens_at}")
        self.opens_at = opens_at


class WishGone(Refusal):
    """The wish is no longer only prepared: it was sent, drawn or withdrawn."""
