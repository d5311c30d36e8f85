"""What state machines of the whole house share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask

from booking.payments.providers import tills


@pytest.fixture
def tilled(app: Flask) -> Iterator[Flask]:
    """The app, which has its own till again afterwards, on a database of which a copy can be put back."""
    yield app
    tills.init_app(app, tills.settings)
