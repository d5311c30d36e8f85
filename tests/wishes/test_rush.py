"""The morning itself: three hundred teachers press at nine o'clock, in front of the real server with its worker."""

from __future__ import annotations

from pathlib import Path

from flask import Flask
from flask_migrate import stamp

from booking.kernel.database import db
from booking.kernel.schema import know_migrations
from booking.releases.fairness import Prepared, share_out
from booking.releases.models import WishState
from booking.running.check import breaches
from booking.wishes import wish_facts
from tests.support.house import open_house
from tests.support.rush import many_wishes, open_in, open_pages, press_together, wait_for_answers
from tests.wishes.releasing import DAY, ReleaseDay, a_release_day, given

TEACHERS, SESSIONS = 300, 60


def test_three_hundred_teachers_get_each_place_once_and_in_order(app: Flask, tmp_path: Path) -> None:
    day = a_release_day(sessions=SESSIONS, opens_in=DAY)
    secrets = many_wishes(day.release_id, day.slots, TEACHERS)
    url = db.engine.url.render_as_string(hide_password=False)
    know_migrations(app)
    stamp()  # the tables are there; the server need not make them
    db.session.remove()
    with open_house(tmp_path, DATABASE_URL=url, WEB_PROCESSES="2") as house:
        teachers = open_pages(int(house.url.rsplit(":", 1)[1]), secrets)
        early = teachers[0].press()
        assert (early.status, early.turn) == (409, 0)
        pressed = press_together(teachers, open_in(day.release_id, 0.5))
        wait_for_answers(day.release_id)
    assert [press.status for press in pressed] == [200] * TEACHERS
    by_turn = {press.secret: stands.turn for press in pressed if (stands := wish_facts.standing(press.secret))}
    assert sorted(by_turn.values()) == list(range(1, TEACHERS + 1))  # type: ignore[type-var]  # each has one
    # Whoever had the answer before another pressed came before them.
    for press in pressed:
        for other in pressed:
            assert press.ended >= other.begun or (by_turn[press.secret] or 0) < (by_turn[other.secret] or 0)
    in_order = sorted(by_turn, key=lambda secret: by_turn[secret] or 0)
    assert given(in_order) == as_on_paper(day, in_order)
    assert sum(state is WishState.GRANTED for state, _ in given(in_order)) == SESSIONS
    assert breaches() == []


def as_on_paper(day: ReleaseDay, in_order: list[str]) -> list[tuple[WishState, int | None]]:
    """What the places give when the wishes are gone through by their turns."""
    wishes = [wish for secret in in_order if (wish := wish_facts.by_secret(secret))]
    queue = [
        Prepared(wish.reference, wish.school.id or 0, day.facts.opens_at, tuple(p.wants for p in wish.plans))
        for wish in wishes
    ]
    outcomes = share_out(queue, dict.fromkeys(day.slots, 30))
    return [(WishState(outcome.fate.value), outcome.option) for outcome in outcomes]
