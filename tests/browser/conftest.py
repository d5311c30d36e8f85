"""Real browsers before a real server: the demo centre as `make run` serves it, once on each database."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page

from tests.conftest import DATABASES
from tests.support.house import House, open_house
from tests.support.one_day import new_context
from tests.support.postgres import PostgresServer

# Opens a page like a person's browser; keywords are those of playwright's new_context.
Opener = Callable[..., Page]

# A refused form is answered 4xx with a page that helps; some tests cut the network. Chromium calls both errors.
EXPECTED = (
    "the server responded with a status of 4",
    "net::ERR_INTERNET_DISCONNECTED",
    "net::ERR_CONNECTION_REFUSED",
    "An unknown error occurred when fetching the script.",  # of a service worker looked at anew without a network
    "Blocked script execution in 'about:srcdoc'",  # a letter in the office's frame runs none, nor those of Playwright
)

PHONE = {"width": 360, "height": 740}
DESK = {"width": 1280, "height": 900}


# For walks in which the database makes no difference to what is seen: one is enough. Both have some of these.
ON_SQLITE = pytest.mark.parametrize("house", ["sqlite"], indirect=True)
ON_POSTGRESQL = pytest.mark.parametrize("house", ["postgresql"], indirect=True)


@pytest.fixture(scope="package")
def sqlite_house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """The demo centre on SQLite; one for all files, which therefore bring parties and addresses of their own."""
    folder = tmp_path_factory.mktemp("house")
    with open_house(folder, "vilvite", DATABASE_URL=f"sqlite:///{folder}/house.db") as opened:
        yield opened


@pytest.fixture(scope="package")
def postgresql_house(postgres: PostgresServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """The same on PostgreSQL."""
    url = postgres.create_database(f"house_{os.getpid()}")
    with open_house(tmp_path_factory.mktemp("house"), "vilvite", DATABASE_URL=url) as opened:
        yield opened


@pytest.fixture(scope="package", params=DATABASES)
def house(request: pytest.FixtureRequest) -> House:
    """The demo centre, open; on both databases unless a test asks for one."""
    opened: House = request.getfixturevalue(f"{request.param}_house")
    return opened


@pytest.fixture
def open_page(browser: Browser, house: House) -> Iterator[Opener]:
    """Browsers that complain: an error on a page's console fails the test."""
    complaints: list[str] = []

    def note(message: ConsoleMessage) -> None:
        if message.type == "error" and not any(words in message.text for words in EXPECTED):
            complaints.append(message.text)

    with ExitStack() as contexts:

        def opener(**how: object) -> Page:
            context = new_context(browser, **({"viewport": PHONE, "base_url": house.url, "locale": "nb-NO"} | how))
            contexts.callback(context.close)
            page = context.new_page()
            page.set_default_timeout(15_000)
            page.on("console", note)
            page.on("pageerror", lambda error: complaints.append(str(error)))
            return page

        yield opener
    assert complaints == []
