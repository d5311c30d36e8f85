"""A release day as everybody sees it: when it opens by the centre's clock, the rules in plain words, the outcome."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from flask import Response, abort, render_template
from flask.typing import ResponseReturnValue

from booking.kernel import clock
from booking.kernel.clock import milliseconds
from booking.programmes.offered import OfferedProgramme, programmes
from booking.releases import openings
from booking.releases.fairness import Outcome, published
from booking.releases.models import ReleaseWay, Stage
from booking.releases.openings import ReleaseFacts
from booking.web.blueprints import teacher
from booking.web.guards.access import public
from booking.web.languages import centre
from booking.wishes import wish_facts


@dataclass(frozen=True, slots=True)
class ReleaseNow:
    """What the pages of a release say of it at a moment."""

    release: ReleaseFacts
    now: datetime

    @property
    def clock_time(self) -> str:
        """The centre's clock, to the second."""
        return f"{centre().local(self.now):%H:%M:%S}"

    @property
    def clock_ms(self) -> int:
        """The same in milliseconds, for the page that counts."""
        return milliseconds(self.now)

    @property
    def opens_ms(self) -> int:
        """When it opens, in milliseconds."""
        return milliseconds(self.release.opens_at)

    @property
    def is_drawing(self) -> bool:
        """Whether the order is drawn."""
        return self.release.way is ReleaseWay.DRAWING

    @property
    def is_open(self) -> bool:
        """Whether one can book now."""
        return self.release.is_open(self.now)

    @property
    def has_begun(self) -> bool:
        """Whether its hour has come."""
        return self.now >= self.release.opens_at

    @property
    def can_prepare(self) -> bool:
        """Whether a wish can be prepared now."""
        return self.release.can_prepare(self.now)

    @property
    def first_day(self) -> date:
        """The first day that opens."""
        return centre().local(self.release.from_at).date()

    @property
    def last_day(self) -> date:
        """The last day that opens."""
        return centre().local(self.release.last_at).date()

    @property
    def rule_holds(self) -> bool:
        """Whether places are kept for some still."""
        return self.release.fairness.holds(self.now)

    @property
    def called_off(self) -> bool:
        """Whether it will not open."""
        return self.release.stage is Stage.WITHDRAWN


@dataclass(frozen=True, slots=True)
class ReleasePage(ReleaseNow):
    """A release day: before, open, over."""

    programmes: list[OfferedProgramme]
    outcomes: list[tuple[Outcome, str]]  # each with its line in the list of the drawing


@teacher.get("/school/release/<int:release_id>")
@public
def release(release_id: int) -> str:
    """Before, open, over: the clock, the rules, the outcome."""
    facts = _told(release_id)
    ids = set(openings.programmes_of(facts.id))
    outcomes = wish_facts.outcomes(facts) if facts.drawn_at is not None else []
    page = ReleasePage(
        facts,
        clock.now(),
        programmes=[programme for programme in programmes() if programme.activity_id in ids],
        outcomes=list(zip(outcomes, published(outcomes, facts.seed), strict=True)),
    )
    return render_template("teacher/release.html", page=page)


@teacher.get("/school/release/<int:release_id>/list.txt")
@public
def release_list(release_id: int) -> ResponseReturnValue:
    """What came of a drawing, a line a wish, for whoever wants to reckon it again."""
    facts = _told(release_id)
    if facts.drawn_at is None:
        abort(404)
    lines = "".join(f"{line}\n" for line in published(wish_facts.outcomes(facts), facts.seed))
    return Response(lines, mimetype="text/plain")


def _told(release_id: int) -> ReleaseFacts:
    facts = openings.release_with_id(release_id) if release_id < 10**18 else None
    if facts is None or facts.stage is Stage.DRAFT:
        abort(404)
    return facts
