"""Databases that machines of their own processes serve."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.conftest import DATABASES
from tests.support.postgres import PostgresServer


@pytest.fixture(params=DATABASES)
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a database with nothing in it, of each kind in turn."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/shared.db"
    server: PostgresServer = request.getfixturevalue("postgres")
    return server.create_database(f"machines_{os.getpid()}")
