"""The real SDK against a stand-in for Stripe; after every test the invariants must hold."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
import time_machine
from flask import Flask

from booking.kernel import clock
from booking.kernel.database import db, end_reading
from booking.payments.providers import tills
from booking.payments.stripe_checkout import StripeCheckout
from booking.running.check import breaches
from booking.settings import StripeSettings, settings_of
from tests.payments.watched import Steps, Watched
from tests.stripe_double.client import SECRET_KEY, WEBHOOK_SECRET, Double

Travel = Callable[[timedelta], None]


@pytest.fixture(scope="session")
def running_double() -> Iterator[Double]:
    """One stand-in for this test process."""
    double = Double()
    yield double
    double.stop()


@pytest.fixture
def double(running_double: Double) -> Double:
    """A stand-in that remembers nothing and brings no events by itself."""
    running_double.reset()
    return running_double


@pytest.fixture
def steps() -> Steps:
    """What is done with the provider and the database, step by step."""
    return Steps()


@pytest.fixture
def stripe(app: Flask, double: Double, steps: Steps, monkeypatch: pytest.MonkeyPatch) -> Iterator[Watched]:
    """Stripe in use, watched."""
    yield from stripe_in_use(app, double, steps, monkeypatch)


def stripe_in_use(
    app: Flask, double: Double, steps: Steps, monkeypatch: pytest.MonkeyPatch, secret_key: str = SECRET_KEY
) -> Iterator[Watched]:
    """Let the app take money through the stand-in, until the test ends; then nothing may be amiss."""
    before = tills.settings
    keys = StripeSettings(secret_key, WEBHOOK_SECRET, double.base)
    hasty = StripeCheckout(keys, timeout=(2, 0.3), retries=0)
    watched = Watched(StripeCheckout(keys), steps, hasty)
    tills.init_app(app, replace(settings_of(app), stripe=keys), watched)
    commit = db.session.commit

    def commit_and_count() -> None:
        commit()
        steps.step("commit")

    monkeypatch.setattr(db.session, "commit", commit_and_count)
    yield watched
    tills.init_app(app, before)
    end_reading()
    assert breaches() == []
    end_reading()


@pytest.fixture
def travel(double: Double) -> Iterator[Travel]:
    """Let time pass, here and at Stripe."""
    travels: list[time_machine.travel] = []

    def pass_time(by: timedelta) -> None:
        travelling = time_machine.travel(clock.now() + by, tick=True)
        travelling.start()
        travels.append(travelling)
        double.advance(by.total_seconds())

    yield pass_time
    for travelling in reversed(travels):
        travelling.stop()
