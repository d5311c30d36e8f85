"""Find a team by its name, as somebody at the door says it: only teams, and only as long as their names are kept."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select, text

from booking.contests.models import ContestEntry, EntryState
from booking.kernel.database import run

SHORTEST = 3  # letters, of all words together: with fewer everybody's team fits
MOST_TEAMS = 200
# A team that is in and not forgotten, literally as in the partial index: there are as many as contests of late have.
_HAS_NAME = "name_key <> ''"


def teams_named(words: Sequence[str]) -> dict[int, str]:
    """The names of teams that have all of these folded words in them, by booking; one statement, none for too little.

    Several teams of one booking are one name, with commas between. Of too many the newest.
    """
    if len("".join(words)) < SHORTEST:
        return {}
    has_all = [ContestEntry.name_key.contains(word, autoescape=True) for word in words]
    rows = run(
        select(ContestEntry.booking_id, ContestEntry.name)
        .where(text(_HAS_NAME), ContestEntry.state == EntryState.ENTERED, *has_all)
        .order_by(ContestEntry.id.desc())
        .limit(MOST_TEAMS)
    ).all()
    teams: dict[int, str] = {}
    for booking_id, name in reversed(rows):
        teams[booking_id] = f"{teams[booking_id]}, {name}" if booking_id in teams else name
    return teams
