"""A visitor for each test; a centre with schools, a teacher of one, a stand-in for Vipps for those that ask."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.vipps_double.client import Vipps
from tests.visits.booked import Centre, a_school_centre
from tests.web.browsing import Visitor


@pytest.fixture
def visitor(client: FlaskClient) -> Visitor:
    """Somebody with a browser of their own."""
    return Visitor(client)


@pytest.fixture(scope="module")
def running_vipps() -> Iterator[Vipps]:
    """One stand-in for these tests."""
    double = Vipps()
    yield double
    double.stop()


@pytest.fixture
def centre(app: Flask) -> Centre:
    """With programmes, an agreement and schools, and sessions on a day to come."""
    return a_school_centre()


@pytest.fixture
def teacher(centre: Centre, client: FlaskClient) -> Visitor:
    """Somebody who books for a class there."""
    return Visitor(client)
