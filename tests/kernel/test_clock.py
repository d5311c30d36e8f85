"""The clock: the one that machines share, and the demo's way to another day."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from booking.kernel import clock

SECOND = 1_000_000_000
NOON = datetime(2026, 11, 4, 12, tzinfo=UTC)


@dataclass
class Far:
    """The shared clock, on another machine: `way` seconds there and back, of which there a `share`."""

    uptime: int = 77 * SECOND
    time: datetime = NOON
    way: float = 0.002
    share: float = 0.5

    def passes(self, seconds: float) -> None:
        """For both machines alike."""
        self.uptime += round(seconds * SECOND)
        self.time += timedelta(seconds=seconds)

    def tell(self) -> datetime:
        """How late it is, as asked over the network."""
        self.passes(self.way * self.share)
        told = self.time
        self.passes(self.way * (1 - self.share))
        return told

    def wrong(self) -> float:
        """By how many seconds our time is ahead."""
        return (clock.now() - self.time).total_seconds()


@pytest.fixture
def far(monkeypatch: pytest.MonkeyPatch) -> Iterator[Far]:
    """A shared clock that this process may go by for a while."""
    far = Far()
    monkeypatch.setattr(clock, "_uptime", lambda: far.uptime)
    clock.go_by_the_machine(always=False)
    yield far
    clock.go_by_the_machine()


@pytest.fixture
def ahead() -> Iterator[None]:
    """Puts the clock right again."""
    yield
    clock.run_ahead(timedelta())


def test_a_clock_that_runs_ahead_goes_on_from_there(ahead: object) -> None:
    clock.run_ahead(timedelta(days=50))
    first, second = clock.now(), clock.now()
    assert datetime.now(UTC) - first < timedelta(days=-49, hours=-23)
    assert first <= second < first + timedelta(minutes=1)
    clock.run_ahead(timedelta())
    assert clock.now() < first


def test_who_has_asked_nobody_goes_by_the_machines_own_clock(far: Far) -> None:
    assert not clock.has_looked()
    assert clock.skew() is None
    assert abs(clock.now() - datetime.now(UTC)) < timedelta(seconds=5)


@pytest.mark.parametrize("share", [0.0, 0.5, 1.0])
def test_whichever_way_takes_longer_our_time_is_wrong_by_no_more_than_is_said(far: Far, share: float) -> None:
    far.way, far.share = 1.5, share
    clock.look_at(far.tell)
    assert abs(far.wrong()) <= clock.uncertainty().total_seconds() <= 0.751
    far.passes(3600)
    assert abs(far.wrong()) <= clock.uncertainty().total_seconds()


def test_the_demos_other_day_is_counted_from_the_shared_clock(far: Far, ahead: object) -> None:
    clock.look_at(far.tell)
    clock.run_ahead(timedelta(days=50))
    assert abs(far.wrong() - 50 * 86400) < 0.01


def test_a_look_that_took_longer_does_not_spoil_what_is_known_better(far: Far) -> None:
    clock.look_at(far.tell)
    far.passes(5)
    far.way, far.share = 1.9, 1.0
    clock.look_at(far.tell)
    assert abs(far.wrong()) < 0.01
    far.passes(3600)  # until what was known has grown worse than that
    clock.look_at(far.tell)
    assert 0.9 < abs(far.wrong()) < 1.0


def test_a_machines_clock_that_is_set_while_we_run_moves_nothing(far: Far, monkeypatch: pytest.MonkeyPatch) -> None:
    clock.look_at(far.tell)
    before = clock.now()

    class SetByAnHour(datetime):
        """The machine's clock, after that."""

        @classmethod
        def now(cls, tz: object = None) -> datetime:  # type: ignore[override]
            return far.time + timedelta(hours=1)

    monkeypatch.setattr(clock, "datetime", SetByAnHour)
    assert clock.now() == before
    skew = clock.skew()
    assert skew is not None and abs(skew - timedelta(hours=1)) < timedelta(seconds=0.01)


def test_a_server_with_another_clock_is_followed_at_once_both_ways(far: Far) -> None:
    clock.look_at(far.tell)
    for minutes in (5, -10):
        far.passes(60)
        far.time += timedelta(minutes=minutes)  # a standby was promoted, or somebody has set it
        moved = clock.look_at(far.tell)
        assert abs(moved - timedelta(minutes=minutes)) < timedelta(seconds=0.1)
        assert abs(far.wrong()) < 0.01


def test_small_corrections_never_put_our_time_back(far: Far) -> None:
    far.way, far.share = 0.4, 0.0
    clock.look_at(far.tell)
    before = clock.now()
    far.way, far.share = 0.4, 1.0
    far.time -= timedelta(seconds=1.5)
    clock.look_at(far.tell)
    seen = [before]
    for _ in range(40):
        seen.append(clock.now())
        far.passes(0.1)
    assert seen == sorted(seen)
    assert abs(far.wrong()) <= clock.uncertainty().total_seconds()


def test_a_look_is_due_after_some_seconds_and_one_thread_at_a_time_takes_it(far: Far) -> None:
    assert clock.is_time_to_look()
    clock.look_at(far.tell)
    assert not clock.is_time_to_look()
    far.passes(5.1)
    assert clock.is_time_to_look()

    def as_the_others_ask() -> datetime:
        assert not clock.is_time_to_look()
        return far.tell()

    clock.look_at(as_the_others_ask)


def test_a_database_that_is_away_leaves_us_what_was_known(far: Far) -> None:
    clock.look_at(far.tell)

    def nobody() -> datetime:
        raise ConnectionError

    far.passes(100)
    with pytest.raises(ConnectionError):
        clock.look_at(nobody)
    assert abs(far.wrong()) < 0.01
