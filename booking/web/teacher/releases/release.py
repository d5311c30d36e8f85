"""A release day as everybody sees it: when it opens by the centre's clock, the rules in plain words, the outcome."""

from __future__ import annotations

from flask import Response, abort, render_template
from flask.typing import ResponseReturnValue

from booking.kernel import clock
from booking.kernel.clock import milliseconds
from booking.programmes.offered import programmes
from booking.releases import openings
from booking.releases.fairness import published
from booking.releases.models import ReleaseWay, Stage
from booking.releases.openings import ReleaseFacts
from booking.web.guards.access import public
from booking.web.languages import centre
from booking.web.teacher import teacher
from booking.wishes import wish_facts


@teacher.get("/school/release/<int:release_id>")
@public
def release(release_id: int) -> str:
    """Before, open, over: the clock, the rules, the outcome."""
    facts = _told(release_id)
    ids = set(openings.programmes_of(facts.id))
    outcomes = wish_facts.outcomes(facts) if facts.drawn_at is not None else []
    return render_template(
        "teacher/release.html",
        release=facts,
        programmes=[programme for programme in programmes() if programme.activity_id in ids],
        outcomes=list(zip(outcomes, published(outcomes, facts.seed), strict=True)),
        **in_words(facts),
    )


@teacher.get("/school/release/<int:release_id>/list.txt")
@public
def release_list(release_id: int) -> ResponseReturnValue:
    """What came of a drawing, a line a wish, for whoever wants to reckon it again."""
    facts = _told(release_id)
    if facts.drawn_at is None:
        abort(404)
    lines = "".join(f"{line}\n" for line in published(wish_facts.outcomes(facts), facts.seed))
    return Response(lines, mimetype="text/plain")


def in_words(facts: ReleaseFacts) -> dict[str, object]:
    """What the pages of a release say of it, now."""
    now, local = clock.now(), centre().local
    return {
        "now_at": now,
        "clock_time": f"{local(now):%H:%M:%S}",
        "clock_ms": milliseconds(now),
        "opens_ms": milliseconds(facts.opens_at),
        "is_drawing": facts.way is ReleaseWay.DRAWING,
        "is_open": facts.is_open(now),
        "has_begun": now >= facts.opens_at,
        "can_prepare": facts.can_prepare(now),
        "first_day": local(facts.from_at).date(),
        "last_day": local(facts.last_at).date(),
        "rule_holds": facts.fairness.holds(now),
        "called_off": facts.stage is Stage.WITHDRAWN,
    }


def _told(release_id: int) -> ReleaseFacts:
    facts = openings.release_with_id(release_id) if release_id < 10**18 else None
    if facts is None or facts.stage is Stage.DRAFT:
        abort(404)
    return facts
