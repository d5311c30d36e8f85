"""A visitor for each test."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from tests.web.browsing import Visitor


@pytest.fixture
def visitor(client: FlaskClient) -> Visitor:
    """Somebody with a browser of their own."""
    return Visitor(client)
