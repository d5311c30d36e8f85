"""Three hundred teachers before the opening: each has the page of a wish open, and all press at the same moment."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import func, insert, select, update

from benchmarks.client import Browser, token_on
from booking.agreements.models import School, SchoolKind
from booking.bookings.search_words import fold_letters
from booking.capacity.models import Slot
from booking.kernel import clock
from booking.kernel.codes import new_reference, new_secret
from booking.kernel.database import db, unit_of_work
from booking.planner.plans import Part, PartKind, Plan, Timetable
from booking.planner.wish import Group
from booking.releases.models import IN_LINE, Release, ReleaseWish, WishState
from booking.visits.book import wants_of
from booking.visits.plan_text import plan_values

PEOPLE = 26
NUMBER = re.compile(rb"<h1>You are number ([0-9]+)</h1>")


@dataclass(frozen=True, slots=True)
class Press:
    """What one teacher saw: the status, the number in line, and when, on the tests' own clock in seconds."""

    secret: str
    status: int
    turn: int
    begun: float
    ended: float


@dataclass
class Teacher:
    """Somebody with the page of a wish open."""

    secret: str
    browser: Browser
    token: str

    def press(self) -> Press:
        """Send the wish."""
        begun = time.monotonic()
        form = {"csrf_token": self.token}
        status, body, _ = self.browser.open("POST", f"/en/school/wish/{self.secret}/send", form)
        ended = time.monotonic()
        number = NUMBER.search(body)
        return Press(self.secret, status, int(number[1]) if number else 0, begun, ended)


def many_wishes(release_id: int, slots: Sequence[int], count: int) -> list[str]:
    """So many schools with a wish each, of one to three sessions; returns the secrets. Call inside an app's context."""
    now, secrets = clock.now(), [new_secret() for _ in range(count)]
    plans = [plan_values(_plan(slot)) for slot in db.session.scalars(select(Slot).where(Slot.id.in_(slots)))]
    with unit_of_work():
        first = db.session.scalar(select(func.coalesce(func.max(School.id), 0))) or 0
        schools = [
            {"id": first + n, "name": f"Rush {n}", "search": fold_letters(f"Rush {n}"), "kind": SchoolKind.SCHOOL}
            for n in range(1, count + 1)
        ]
        db.session.execute(insert(School), schools)
        wishes = [
            {
                "release_id": release_id,
                "school_id": first + n + 1,
                "groups_key": "6a",
                "secret": secret,
                "reference": new_reference(),
                "lang": "en",
                "name": "Kari Nordmann",
                "email": f"kari{n}@example.org",
                "mobile": "+4790000000",
                "options": [plans[(n * 7 + choice * 13) % len(plans)] for choice in range(1 + n % 3)],
                "prepared_at": now,
                "state": WishState.PREPARED,
            }
            for n, secret in enumerate(secrets)
        ]
        db.session.execute(insert(ReleaseWish), wishes)
    return secrets


def open_pages(port: int, secrets: Sequence[str]) -> list[Teacher]:
    """Everybody opens the page of their wish."""

    def open_one(secret: str) -> Teacher:
        browser = Browser(port)
        return Teacher(secret, browser, token_on(browser, f"/en/school/wish/{secret}"))

    with ThreadPoolExecutor(8) as openers:
        return list(openers.map(open_one, secrets))


def open_in(release_id: int, seconds: float) -> float:
    """Let the release open so soon; returns when that is on the tests' own clock. Call inside an app's context."""
    opens_at = clock.now() + timedelta(seconds=seconds)
    at = time.monotonic() + seconds
    with unit_of_work():
        db.session.execute(update(Release).where(Release.id == release_id).values(opens_at=opens_at))
    return at


def press_together(teachers: Sequence[Teacher], at: float) -> list[Press]:
    """All press at that moment; what each saw."""
    pressed: list[Press] = []

    def live(teacher: Teacher) -> None:
        time.sleep(max(0.0, at - time.monotonic()))
        try:
            pressed.append(teacher.press())
        finally:
            teacher.browser.close()

    threads = [threading.Thread(target=live, args=(teacher,)) for teacher in teachers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return pressed


def wait_for_answers(release_id: int, patience: float = 60.0) -> float:
    """Wait until nobody stands in line; returns how long that took. Call inside an app's context."""
    begun = time.monotonic()
    left = select(func.count()).where(ReleaseWish.release_id == release_id, ReleaseWish.state.in_(IN_LINE))
    while time.monotonic() < begun + patience:
        db.session.rollback()
        if not db.session.scalar(left):
            return time.monotonic() - begun
        db.session.rollback()
        time.sleep(0.1)
    raise AssertionError("somebody never got an answer")


def percentile(pressed: Sequence[Press], percent: int) -> float:
    """Within how many seconds so many in a hundred had their number."""
    times = sorted(press.ended - press.begun for press in pressed)
    return times[min(len(times) - 1, len(times) * percent // 100)]


def _plan(slot: Slot) -> Plan:
    part = Part(PartKind.PROGRAMME, (slot.id,), slot.starts_at, slot.ends_at, slot.activity_id, slot.space_id)
    timetables = (Timetable(Group("6A", PEOPLE - 2, 2, 6), (part,), 0, (slot.id,)),)
    return Plan(slot.starts_at.date(), slot.starts_at, slot.ends_at, timetables, wants_of(timetables), is_best=False)
