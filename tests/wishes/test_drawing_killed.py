"""A drawing whose process is killed in the middle of an answer, twice, and goes on as if nothing had been."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select, update

from booking.bookings.models import Booking
from booking.kernel import clock
from booking.kernel.database import db, unit_of_work
from booking.outbox.models import Promise, PromiseState
from booking.releases.models import ReleaseWay, ReleaseWish, WishState
from booking.running.check import breaches
from tests.mail.post_office import PostOffice
from tests.visits.booked import taken_of
from tests.wishes.releasing import a_release_day, given
from tests.wishes.test_release_day import on_paper

WISHES = 8


@pytest.fixture
def office() -> Iterator[PostOffice]:
    """The mail server that letters go to."""
    there = PostOffice(over_tls=False)
    yield there
    there.close()


def a_round(office: PostOffice, instance: Path, rest_at: int) -> subprocess.Popen[str]:
    url = db.engine.url.render_as_string(hide_password=False)
    db.session.remove()
    mail = {"MAIL_SERVER": "localhost", "MAIL_PORT": str(office.port), "MAIL_USE_TLS": "off"}
    own = {"DATABASE_URL": url, "INSTANCE_DIR": str(instance), "MAIL_SENDER": "post@example.org"}
    command = [sys.executable, "-m", "tests.wishes.drawing", str(rest_at)]
    return subprocess.Popen(
        command, env=os.environ | own | mail, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )


def killed_at(answer: int, office: PostOffice, instance: Path) -> list[int]:
    """Kill one when it has written so many answers, the last of them not yet committed; returns whose they were."""
    process = a_round(office, instance, answer)
    assert process.stdout is not None
    lines = (line.strip() for line in process.stdout)  # the log's lines stand among them
    numbers = [int(line) for line in islice(filter(str.isdigit, lines), answer)]
    process.kill()
    process.wait()
    process.stdout.close()
    with unit_of_work():  # two minutes later its lease has run out
        db.session.execute(update(Promise).where(Promise.state == PromiseState.WAITING).values(due_at=clock.now()))
    return numbers


def test_a_drawing_killed_twice_gives_each_place_once_in_the_order_of_the_lot_and_writes_each_letter_once(
    app: Flask, office: PostOffice, tmp_path: Path
) -> None:
    dice = random.Random(7)
    day = a_release_day(ReleaseWay.DRAWING, sessions=4)
    secrets = [day.wish(*dice.sample(day.slots, 2), school=number, name=f"6{number}") for number in range(WISHES)]
    first = killed_at(3, office, tmp_path)
    db.session.rollback()
    answered = db.session.scalars(select(ReleaseWish.id).where(ReleaseWish.answered_at.is_not(None))).all()
    assert sorted(answered) == sorted(first[:2])
    second = killed_at(2, office, tmp_path)
    assert second[0] == first[2]
    process = a_round(office, tmp_path, 0)
    out, _none = process.communicate(timeout=120)
    assert process.returncode == 0
    last = [int(line) for line in out.splitlines() if line.isdigit()]
    assert last[0] == second[1]
    db.session.rollback()
    by_turn = select(ReleaseWish.id, ReleaseWish.state, ReleaseWish.booking_id).order_by(ReleaseWish.turn)
    told = [(wish, state, booking) for wish, state, booking in db.session.execute(by_turn)]
    assert first[:2] + second[:1] + last == [wish for wish, _state, _booking in told]
    assert given(secrets) == on_paper(day, secrets)
    granted = [booking for _wish, state, booking in told if state is WishState.GRANTED and booking]
    assert sorted(db.session.scalars(select(Booking.id))) == sorted(granted) and granted == sorted(granted)
    assert taken_of(day.centre.bridges)[:4] == [26] * 4 and len(granted) == 4
    letters = Counter(mail.letter["Message-ID"] for mail in office.received)
    assert (len(letters), set(letters.values())) == (WISHES, {1})
    assert sorted(address for mail in office.received for address in mail.recipients) == [
        f"kari{number}@example.org" for number in range(WISHES)
    ]
    assert breaches() == []
