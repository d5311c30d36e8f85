"""One process of buyers for the race tests: `python -m tests.capacity.race` with a race a line on standard input."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from threading import Barrier, Thread

from flask import Flask
from sqlalchemy.exc import IntegrityError

from booking import create_app
from booking.bookings.basket import Pick
from booking.bookings.change import change
from booking.bookings.confirm import confirm
from booking.bookings.hold import hold
from booking.capacity import change_slot
from booking.centre.facts import the_centre
from booking.closures import close
from booking.closures.models import ClosedReason
from booking.closures.reopen import reopen
from booking.kernel import clock
from booking.kernel.database import db, unit_of_work
from booking.kernel.refusals import Refusal
from booking.outreach.change import change as change_trip
from booking.visits.change import cancel_visit
from tests.conftest import settings_for
from tests.courses.away import Road, away, make_session


def buy(slot_id: int, ticket_type_id: int, quantity: int) -> str:
    """One buyer: "bought" or the name of the refusal."""
    now = clock.now()
    try:
        centre = the_centre()
        with unit_of_work():
            held = hold([Pick(slot_id, ticket_type_id, quantity)], centre=centre, now=now, lang="nb")
        with unit_of_work():
            confirm(held.booking_id, now)
    except Refusal as refusal:
        return type(refusal).__name__
    finally:
        db.session.remove()
    return "bought"


def move(booking_id: int, slot_id: int, ticket_type_id: int, quantity: int) -> str:
    """One buyer who moves to another time."""
    try:
        centre = the_centre()
        with unit_of_work():
            change(booking_id, [Pick(slot_id, ticket_type_id, quantity)], centre=centre, now=clock.now())
    except Refusal as refusal:
        return type(refusal).__name__
    finally:
        db.session.remove()
    return "moved"


def set_capacity(slot_id: int, version: int, capacity: int) -> str:
    """One administrator who saw the slot at this version."""
    try:
        settings, _now = change_slot.settings_of(slot_id)
        with unit_of_work():
            change_slot.set_slot(slot_id, version, replace(settings, capacity=capacity), "account:1")
    except Refusal as refusal:
        return type(refusal).__name__
    finally:
        db.session.remove()
    return "set"


def close_slot(slot_id: int) -> str:
    """One administrator who cancels it."""
    now = clock.now()
    try:
        with unit_of_work():
            wish = close.ClosureRequest(now, now + timedelta(days=9), ClosedReason.WEATHER, slot_id=slot_id)
            close.close_down(wish, now=now, account_id=None, actor="account:1")
    except Refusal as refusal:
        return type(refusal).__name__
    finally:
        db.session.remove()
    return "closed"


def open_again(closure_id: int) -> str:
    """One administrator who opens a closure again: how many slots opened."""
    try:
        with unit_of_work():
            opened = reopen(closure_id, now=clock.now(), actor="account:1")
    except Refusal as refusal:
        return type(refusal).__name__
    finally:
        db.session.remove()
    return f"opened {opened}"


def go(activity_id: int, starts_at: int) -> str:
    """One teacher who wants somebody to come to the school at this moment (seconds since 1970)."""
    road = Road(activity_id, 0, datetime.fromtimestamp(starts_at, UTC))
    try:
        away(road)
    except Refusal as refusal:
        return type(refusal).__name__
    finally:
        db.session.remove()
    return "gone"


def go_later(booking_id: int, starts_at: int) -> str:
    """One teacher who wants us to come at this moment instead."""
    try:
        at = datetime.fromtimestamp(starts_at, UTC)
        with unit_of_work():
            change_trip(booking_id, at, 24, 2, centre=the_centre(), now=clock.now())
    except Refusal as refusal:
        return type(refusal).__name__
    finally:
        db.session.remove()
    return "moved"


def give_up(booking_id: int) -> str:
    """One teacher who cancels a visit."""
    try:
        with unit_of_work():
            cancel_visit(booking_id, centre=the_centre(), now=clock.now())
    except Refusal as refusal:
        return type(refusal).__name__
    finally:
        db.session.remove()
    return "cancelled"


def make(lab_id: int, starts_at: int) -> str:
    """One administrator who makes a session in the house."""
    try:
        make_session(lab_id, datetime.fromtimestamp(starts_at, UTC))
    except Refusal as refusal:
        return type(refusal).__name__
    except IntegrityError:
        return "exists"
    finally:
        db.session.remove()
    return "made"


VERBS: dict[str, Callable[..., str]] = {
    "buy": buy,
    "move": move,
    "set_capacity": set_capacity,
    "close_slot": close_slot,
    "reopen": open_again,
    "go": go,
    "go_later": go_later,
    "give_up": give_up,
    "make": make,
}


MOST_AT_ONCE = 20  # connections to the database


@cache
def app_on(database_url: str, instance: str) -> Flask:
    """The app on this database, made for its first race."""
    return create_app(settings_for(database_url, Path(instance), DATABASE_POOL=str(MOST_AT_ONCE)))


def race(database_url: str, instance: str, orders: list[tuple[str, list[int]]]) -> list[str]:
    """All orders at once, each in a thread of its own; the answers in their order."""
    app = app_on(database_url, instance)
    start = Barrier(len(orders))
    answers = ["" for _ in orders]

    def run(index: int, verb: str, numbers: list[int]) -> None:
        with app.app_context():
            start.wait()
            try:
                answers[index] = VERBS[verb](*numbers)
            except Exception as error:  # the test must see it, not a dead thread
                answers[index] = f"{type(error).__name__}: {error}"

    threads = [Thread(target=run, args=(index, verb, numbers)) for index, (verb, numbers) in enumerate(orders)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with app.app_context():
        db.engine.dispose()
    return answers


if __name__ == "__main__":
    for line in sys.stdin:
        print(json.dumps(race(**json.loads(line))), flush=True)
