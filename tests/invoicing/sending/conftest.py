"""An access point's stand-in, and a centre with an invoice to send."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask

from booking.settings import Settings, settings_of
from tests.access_point_double.client import AccessPointProcess
from tests.conftest import settings_for


@pytest.fixture(scope="session")
def running_access_point() -> Iterator[AccessPointProcess]:
    """One for this test process."""
    double = AccessPointProcess()
    yield double
    double.stop()


@pytest.fixture
def access_point(running_access_point: AccessPointProcess) -> AccessPointProcess:
    """One that has forgotten what was before."""
    running_access_point.pull("reset")
    return running_access_point


@pytest.fixture
def through_it(app: Flask, access_point: AccessPointProcess) -> Settings:
    """Settings of a house that sends through it."""
    settings = settings_of(app)
    return settings_for(settings.database_url, settings.instance_dir, **access_point.environment)
