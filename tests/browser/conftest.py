"""Real browsers before a real server: the demo centre as `make run` starts it, once on each database."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page

from tests.support.chromium import chromium
from tests.support.house import House, open_house

# Opens a page like a person's browser; keywords are those of playwright's new_context.
Opener = Callable[..., Page]

PHONE = {"width": 360, "height": 740}
DESK = {"width": 1280, "height": 900}


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with chromium() as running:
        yield running


@pytest.fixture(scope="session")
def house(database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """The demo centre, open."""
    with open_house(tmp_path_factory.mktemp("house"), DATABASE_URL=fresh(database_url)) as opened:
        yield opened


def fresh(database_url: str) -> str:
    """A database of the house's own beside the one that tests in this process empty again and again."""
    if database_url.startswith("sqlite"):
        return f"sqlite:///{Path(database_url.removeprefix('sqlite:///')).with_name('house.db')}"
    return database_url


@pytest.fixture
def open_page(browser: Browser, house: House) -> Iterator[Opener]:
    """Browsers that complain: an error on a page's console fails the test."""
    complaints: list[str] = []

    def note(message: ConsoleMessage) -> None:
        # A refused form is answered 4xx with a page that helps; Chromium reports the status as an error.
        if message.type == "error" and "the server responded with a status of 4" not in message.text:
            complaints.append(message.text)

    with ExitStack() as contexts:

        def opener(**how: object) -> Page:
            context = browser.new_context(**({"viewport": PHONE, "base_url": house.url, "locale": "nb-NO"} | how))  # type: ignore[arg-type]
            contexts.callback(context.close)
            page = context.new_page()
            page.set_default_timeout(15_000)
            page.on("console", note)
            page.on("pageerror", lambda error: complaints.append(str(error)))
            return page

        yield opener
    assert complaints == []
