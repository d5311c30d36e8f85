"""Two machines whose clocks are five minutes off, one each way, on one PostgreSQL: all goes by the database's clock."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from benchmarks.client import Browser, buy
from booking import create_app
from booking.bookings.models import Booking, State
from booking.kernel import clock
from booking.kernel.database import db, unit_of_work
from booking.machines import fitness
from booking.outbox.models import Heartbeat, Promise, PromiseState
from booking.outbox.promises import LEASE, promise
from booking.releases.models import Release
from tests.builders import a_hold, a_sale
from tests.conftest import settings_for
from tests.support.machines import KEY, ROOT, Machine, machines, wait_until
from tests.support.postgres import PostgresServer
from tests.wishes.releasing import a_release_day

OFF = 300  # seconds
MINUTE = timedelta(minutes=1)
FAR = timedelta(hours=2)

# A program on a machine that does what it is told, line by line, and says what came of it.
HAND = """
import sys
from datetime import timedelta
from booking import create_app
from booking.kernel import clock
from booking.kernel.database import db, look_at_its_clock, unit_of_work
from booking.outbox.promises import lease
from booking.wishes import wishes
from booking.wishes.refusals import TooEarly
from tests.builders import a_hold

def do(what, *about):
    if what == "hold":
        return a_hold(*map(int, about)).until.isoformat()
    if what == "lease":  # what is due in two hours, which the workers that run leave alone
        with unit_of_work():
            return len(lease(about[0], clock.now() + timedelta(hours=2, seconds=2), 10))
    try:
        with unit_of_work():
            wishes.stand_in_line(about[0], clock.now())
    except TooEarly:
        return "early"
    return "stands"

create_app().app_context().push()
look_at_its_clock()
for line in sys.stdin:
    print("came of it:", do(*line.split()), flush=True)
    db.session.remove()
"""


def clock_of(machine: Machine) -> Path:
    """The file that says how far a machine's clock is off."""
    return machine.folder.with_name(f"{machine.folder.name}.clock")


def set_clock(machine: Machine, seconds: int) -> None:
    """Set a machine's clock, at once."""
    fresh = clock_of(machine).with_suffix(".new")
    fresh.write_text(str(seconds))
    fresh.replace(clock_of(machine))


class Hand:
    """Somebody at a machine who does by hand what its pages and its worker do."""

    def __init__(self, machine: Machine) -> None:
        own = {"INSTANCE_DIR": str(machine.folder), "PYTHONPATH": str(ROOT)} | machine.environment
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.support.other_clock", str(clock_of(machine)), "-c", HAND],
            cwd=ROOT, env=os.environ | own, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1,
        )  # fmt: skip

    def do(self, *words: str) -> str:
        """What came of it."""
        assert self.process.stdin is not None and self.process.stdout is not None
        self.process.stdin.write(" ".join(words) + "\n")
        while line := self.process.stdout.readline():
            if line.startswith("came of it: "):  # the others are of the log
                return line.split()[-1]
        raise AssertionError("it has ended")

    def end(self) -> None:
        """Let go."""
        self.process.kill()
        self.process.communicate()


@dataclass
class Two:
    """A machine that is ahead and one that is behind, with a server and a worker each."""

    app: Flask  # of this process, whose clock is right
    ahead: Machine
    behind: Machine
    slot: int
    ticket: int
    hands: Sequence[Hand]

    @property
    def both(self) -> tuple[Machine, Machine]:
        """Both."""
        return self.ahead, self.behind


@pytest.fixture(scope="module")
def two(postgres: PostgresServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Two]:
    """Both serve the same house."""
    url, folder = postgres.create_database(f"clocks_{os.getpid()}"), tmp_path_factory.mktemp("clocks")
    app = create_app(settings_for(url, folder / "mine", SECRET_KEY=KEY))
    with app.app_context():
        fitness.bring_up(app)
        _centre, slot, ticket = a_sale(capacity=1000)
        with machines(2, url, folder, DEMO_CENTRE="none") as every:
            for machine, seconds in zip(every, (OFF, -OFF), strict=True):
                set_clock(machine, seconds)
                machine.command = ("-m", "tests.support.other_clock", str(clock_of(machine)), "booking.serve")
                machine.begin()
            hands = [Hand(machine) for machine in every]
            for machine in every:
                machine.wait_until_ready()
            yield Two(app, every[0], every[1], slot, ticket, hands)
            for hand in hands:
                hand.end()
        db.session.remove()
        db.engine.dispose()


@pytest.fixture(autouse=True)
def fresh(two: Two) -> Iterator[None]:
    """Nothing read before is taken for what is there now."""
    with two.app.app_context():
        yield
        db.session.rollback()


def well(machine: Machine) -> dict[str, object]:
    """What a machine tells a monitor."""
    answer = machine.get("/healthz")
    assert answer is not None
    told: dict[str, object] = answer.json()
    return told


def promised(key: str) -> Promise:
    """A promise as it stands."""
    db.session.rollback()
    query = select(Promise).where(Promise.key == key).execution_options(populate_existing=True)
    return db.session.scalars(query).one()


def state_of(booking_id: int) -> State:
    """How a booking stands."""
    db.session.rollback()
    state = db.session.scalar(select(Booking.state).where(Booking.id == booking_id))
    assert state is not None
    return state


def test_a_hold_ends_when_it_is_over_by_the_databases_clock_and_no_sooner(two: Two) -> None:
    kept, over = a_hold(two.slot, two.ticket), a_hold(two.slot, two.ticket)
    with unit_of_work():
        for booking, until in ((kept, clock.now() + 2 * MINUTE), (over, clock.now() - MINUTE)):
            db.session.execute(update(Booking).where(Booking.id == booking.booking_id).values(held_until=until))
    wait_until(lambda: state_of(over.booking_id) is State.EXPIRED, "nobody lets go of what is over")
    assert a_round_of_each(two)
    assert state_of(kept.booking_id) is State.HELD
    with unit_of_work():
        db.session.execute(update(Booking).where(Booking.id == kept.booking_id).values(held_until=clock.now()))


def a_round_of_each(two: Two) -> bool:
    """Wait until the worker of each machine has looked after the house once more."""
    began = clock.now()

    def both() -> bool:
        db.session.rollback()
        seen = select(func.count()).where(Heartbeat.beat_at > began)
        return (db.session.scalar(seen) or 0) >= 2

    wait_until(both, "a worker is silent")
    return True


def test_what_one_machine_holds_it_holds_for_as_long_as_any_other(two: Two) -> None:
    ends = [datetime.fromisoformat(hand.do("hold", str(two.slot), str(two.ticket))) - clock.now() for hand in two.hands]
    assert all(13 * MINUTE < left <= 16 * MINUTE for left in ends), ends


def test_what_is_due_later_is_kept_later_and_what_is_due_now_now(two: Two) -> None:
    with unit_of_work():
        promise("test", "later", {}, clock.now() + 3 * MINUTE)
        promise("test", "now", {})
    wait_until(lambda: promised("now").attempts > 0, "nobody keeps what is due")
    assert a_round_of_each(two)
    assert promised("later").attempts == 0


def test_what_one_machine_has_leased_the_other_does_not_get(two: Two) -> None:
    with unit_of_work():  # for the workers that run it is due much later
        promise("test", "leased", {}, clock.now() + FAR)
    got = [int(hand.do("lease", name)) for name, hand in zip(("anna", "berit"), two.hands, strict=True)]
    assert got[0] > 0 == got[1]
    assert promised("leased").leased_by == "anna"
    assert abs(promised("leased").due_at - clock.now() - FAR - LEASE) < MINUTE
    with unit_of_work():
        db.session.execute(update(Promise).where(Promise.key == "leased").values(state=PromiseState.DONE))


def test_a_release_day_opens_on_both_at_the_databases_moment(two: Two) -> None:
    day = a_release_day(opens_in=2 * MINUTE)
    early = [day.wish(day.slots[0], school=number) for number in range(2)]
    assert [hand.do("press", secret) for hand, secret in zip(two.hands, early, strict=True)] == ["early"] * 2
    with unit_of_work():
        db.session.execute(update(Release).values(opens_at=clock.now() - MINUTE))
    assert [hand.do("press", secret) for hand, secret in zip(two.hands, early, strict=True)] == ["stands"] * 2


@dataclass
class BetweenBoth(Browser):
    """A visitor whose every request another machine answers."""

    ports: list[int] = field(default_factory=list)

    def open(
        self, method: str, path: str, form: dict[str, str] | None = None, headers: dict[str, str] | None = None
    ) -> tuple[int, bytes, str]:
        """As a proxy that sends visitors to both in turn."""
        self.close()
        self.port = self.ports[self.requests % len(self.ports)]
        return super().open(method, path, form, headers)


@pytest.mark.parametrize("first", [0, 1])
def test_a_visitor_whose_every_request_another_machine_answers_buys_a_ticket(
    two: Two, monkeypatch: pytest.MonkeyPatch, first: int
) -> None:
    ports = [machine.port for machine in two.both]
    monkeypatch.setattr(
        "benchmarks.client.Browser", lambda port: BetweenBoth(port, ports=ports[first:] + ports[:first])
    )
    assert buy(0, "/nb/tickets?party=1", two.slot, two.ticket) > 5


def test_no_worker_of_a_machine_that_is_off_is_called_silent_and_the_skew_is_shown(two: Two) -> None:
    assert a_round_of_each(two)
    for machine, other, word in ((two.ahead, two.behind, "ahead of"), (two.behind, two.ahead, "behind")):
        told = well(machine)
        assert told["worker"] is True
        mine, others = told["clock_skew"], told["clock_skew_of_others"]
        assert isinstance(mine, float) and isinstance(others, list)
        sign = 1 if machine is two.ahead else -1
        assert abs(mine - sign * OFF) < 2
        assert len(others) == 1 and abs(others[0] + sign * OFF) < 2
        warnings = told["clock_warnings"]
        assert isinstance(warnings, list)
        assert len(warnings) == 2 and f" s {word} the database's" in warnings[0]
        assert machine.printed().count('"event": "clock.off"') == 1, other


def test_a_clock_that_is_set_by_an_hour_while_the_house_is_open_changes_nothing_but_what_is_shown(two: Two) -> None:
    hold = a_hold(two.slot, two.ticket)
    set_clock(two.ahead, OFF + 3600)
    wait_until(lambda: abs(skew_of(two.ahead) - OFF - 3600) < 2, "it does not notice")
    assert a_round_of_each(two)
    assert state_of(hold.booking_id) is State.HELD
    answer = two.ahead.get("/api/v1/today")
    assert answer is not None
    assert abs(datetime.fromisoformat(answer.json()["now"]) - clock.now()) < MINUTE
    set_clock(two.ahead, 0)
    wait_until(lambda: two.ahead.printed().count('"event": "clock.right"') == 1, "nobody is told")
    assert well(two.ahead)["clock_skew_of_others"] == [pytest.approx(-OFF, abs=2)]


def skew_of(machine: Machine) -> float:
    """What a machine says of its clock."""
    skew = well(machine)["clock_skew"]
    assert isinstance(skew, float)
    return skew
