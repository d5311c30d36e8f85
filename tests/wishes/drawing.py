"""A worker's round in a process of its own, which can be killed in the middle of an answer.

For each answer it says the wish when all of it is written and nothing is committed yet, and at one of them it rests.
"""

from __future__ import annotations

import os
import sys
import time
from datetime import datetime
from itertools import count

from booking import create_app
from booking.releases.models import WishState
from booking.releases.openings import ReleaseFacts
from booking.running.worker import Worker
from booking.settings import Settings
from booking.wishes import answering


def main(rest_at: int) -> None:
    """Do what is due once; stand still at this answer, counted from one, for who wants to kill us."""
    say, counted = answering._say, count(1)

    def slowly(
        wish_id: int, release: ReleaseFacts, state: WishState, now: datetime, option: int | None = None,
        booking_id: int | None = None,
    ) -> None:  # fmt: skip
        say(wish_id, release, state, now, option, booking_id)
        print(wish_id, flush=True)
        if next(counted) == rest_at:
            time.sleep(60)

    answering._say = slowly
    Worker(create_app(Settings.from_environment(os.environ))).round()


if __name__ == "__main__":
    main(int(sys.argv[1]))
