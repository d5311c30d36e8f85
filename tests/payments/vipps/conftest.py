"""Our own client against a stand-in for Vipps; after every test the invariants must hold."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
import time_machine
from flask import Flask

from booking.kernel import clock
from booking.kernel.database import db
from booking.payments.demo import DemoTill
from booking.payments.providers import tills
from booking.payments.vipps.epayment import VippsMobilePay
from booking.settings import settings_of
from tests.payments.watched import Steps, Watched
from tests.vipps_double.client import Vipps
from tests.vipps_double.in_use import other_tills

Travel = Callable[[timedelta], None]
InUse = Callable[..., Watched]


@pytest.fixture(scope="package")
def running_vipps() -> Iterator[Vipps]:
    """One stand-in for these tests."""
    double = Vipps()
    yield double
    double.stop()


@pytest.fixture
def vipps(running_vipps: Vipps) -> Vipps:
    """A stand-in that remembers nothing and brings no news by itself."""
    running_vipps.reset()
    return running_vipps


@pytest.fixture
def steps() -> Steps:
    """What is done with the provider and the database, step by step."""
    return Steps()


@pytest.fixture
def in_use(app: Flask, vipps: Vipps, steps: Steps, monkeypatch: pytest.MonkeyPatch) -> Iterator[InUse]:
    """Lets the app take money through the stand-in, beside a till for cards; afterwards nothing may be amiss."""
    commit = db.session.commit

    def commit_and_count() -> None:
        commit()
        steps.step("commit")

    monkeypatch.setattr(db.session, "commit", commit_and_count)

    def use(*, at_once: bool = True) -> Watched:
        keys = vipps.settings(at_once=at_once)
        watched = Watched(VippsMobilePay(keys), steps, VippsMobilePay(keys, timeout=(2, 0.3)))
        settings = replace(settings_of(app), vipps=keys)
        tills.init_app(app, settings, DemoTill(settings.public_url), watched)
        return watched

    with other_tills(app):
        yield use


@pytest.fixture
def offered(in_use: InUse) -> Watched:
    """Vipps in use, watched; money is taken at once."""
    return in_use()


@pytest.fixture
def travel(vipps: Vipps) -> Iterator[Travel]:
    """Let time pass, here and at Vipps."""
    travels: list[time_machine.travel] = []

    def pass_time(by: timedelta) -> None:
        travelling = time_machine.travel(clock.now() + by, tick=True)
        travelling.start()
        travels.append(travelling)
        vipps.advance(by.total_seconds())

    yield pass_time
    for travelling in reversed(travels):
        travelling.stop()
