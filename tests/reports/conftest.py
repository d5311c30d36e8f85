"""Bookings to count by hand."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask

from booking.kernel.database import db
from booking.settings import settings_of
from tests.conftest import empty_database, empty_folder
from tests.reports.crowds import Made, a_crowd
from tests.support.kept import kept


@pytest.fixture
def crowd(made_app: Flask) -> Iterator[list[Made]]:
    """A hundred and fifty bookings, and somebody who reads; not together with `app`, which is empty."""
    with made_app.test_request_context():
        empty_folder(settings_of(made_app).instance_dir)
        yield kept(empty_database, a_crowd)
        db.session.rollback()
        db.session.remove()
