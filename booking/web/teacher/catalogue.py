"""The catalogue of programmes, with free sessions in sight, and the page of each."""

from __future__ import annotations

from datetime import timedelta

from flask import abort, render_template, request

from booking.catalogue.models import Kind
from booking.kernel import clock
from booking.schools.models import SchoolKind, Subject
from booking.schools.offered import by_slug, next_free, programmes, sessions
from booking.schools.prices import price_of
from booking.schools.releases import openings
from booking.schools.rules import NoSchools, Rules, load_rules
from booking.schools.visit import Group
from booking.web.access import public
from booking.web.forms import whole_number
from booking.web.languages import centre
from booking.web.teacher import teacher
from booking.web.teacher.words import grade_words, grades_words, subject_words

AHEAD = timedelta(days=100)


@teacher.app_context_processor
def words() -> dict[str, object]:
    """What the templates call grades and subjects."""
    return {"grade_words": grade_words, "grades_words": grades_words, "subject_words": subject_words}


@teacher.get("/school")
@public
def catalogue() -> str:
    """All programmes, or those filtered for."""
    now = clock.now()
    offered = programmes()
    grade = whole_number(request.args.get("grade"), 0, 13)
    subject = request.args.get("subject", "")
    kind = request.args.get("kind", "")
    subject = subject if subject in set(Subject) else ""
    kind = kind if kind in set(SchoolKind) else ""
    shown = [one for one in offered if one.suits(grade, subject, kind)]
    released = openings(now)
    found = sessions([one.activity_id for one in shown], now, now + AHEAD, now)
    open_now = [one for one in found if not released.closed(one.activity_id, one.starts_at, now)]
    free = next_free(open_now, centre().zone)
    return render_template(
        "teacher/catalogue.html",
        programmes=shown,
        free=free,
        releases=released.coming(now),
        opening_of=lambda activity_id: released.next_of(activity_id, now),
        any_at_all=bool(offered),
        grade=grade,
        subject=subject,
        kind=kind,
        grades=range(14),
        subjects=sorted({one for programme in offered for one in programme.subjects}, key=subject_words),
        kinds=SchoolKind,
    )


@teacher.get("/school/<slug>")
@public
def programme(slug: str) -> str:
    """One programme: what, for whom, aims, price, and its sessions with places."""
    now = clock.now()
    found = by_slug(programmes(), slug)
    if found is None:
        abort(404)
    released = openings(now, [found.activity_id])
    rules = _rules()
    group = Group("", min(found.capacity, 25), 2, found.grade_from)
    return render_template(
        "teacher/programme.html",
        programme=found,
        sessions=sessions([found.activity_id], now, now + AHEAD, now),
        rules=rules,
        example=price_of(group, Kind.PROGRAMME, rules.price) if rules else None,
        ratio=next((one.pupils for one in rules.price.ratios if one.holds_for(group, Kind.PROGRAMME)), 0)
        if rules
        else 0,
        few=centre().few_left,
        releases=released.coming(now),
        closed=lambda one: released.closed(one.activity_id, one.starts_at, now),
        on_date=lambda moment: centre().local(moment).date().isoformat(),
    )


def _rules() -> Rules | None:
    try:
        return load_rules(centre().currency)
    except NoSchools:
        return None
