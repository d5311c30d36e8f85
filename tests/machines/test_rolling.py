"""Machines restarted one after the other behind a proxy, while visitors come: nobody meets a closed door."""

from __future__ import annotations

import itertools
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import requests

from tests.outages.small_house import filled
from tests.support.machines import machines, wait_until
from tests.support.proxy import Proxy, proxy_before

DRAIN = 5  # seconds: more than the proxy takes to see it


@dataclass
class Visitors:
    """People who look and who send forms, without a pause, each with a connection that is kept.

    A proxy that reads its settings again closes kept connections, also one a form is just being sent by. `sends_again`:
    what was sent by a kept connection and got no byte of an answer goes once more by a new one, as every browser does
    (Chromium's HttpNetworkTransaction::ShouldResendRequest).
    """

    proxy: Proxy
    sends_again: bool = False
    ended: threading.Event = field(default_factory=threading.Event)
    answered: int = 0
    sent: int = 0
    failed: list[str] = field(default_factory=list)

    def look(self) -> None:
        """Page after page, and a form with each second page."""
        pages = itertools.cycle(("/nb/tickets", "/staff/sign-in"))
        with requests.Session() as browser:
            browser.trust_env = False  # by which a bundle of the environment would go before
            browser.verify = str(self.proxy.certificate or "")
            while not self.ended.is_set():
                page = self._ask(browser, "GET", next(pages))
                token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
                if token:
                    self._ask(browser, "POST", "/staff/sign-in", csrf_token=token[1])
                    self.sent += 1

    def _ask(self, browser: requests.Session, method: str, path: str, **form: str) -> str:
        try:
            answer = self._sent(browser, method, self.proxy.address() + path, form)
        except requests.RequestException as error:
            self.failed.append(f"{method} {path}: {type(error).__name__}")
            return ""
        if answer.status_code >= 500:
            self.failed.append(f"{method} {path}: {answer.status_code}")
        self.answered += 1
        return answer.text

    def _sent(self, browser: requests.Session, method: str, url: str, form: dict[str, str]) -> requests.Response:
        try:
            return browser.request(method, url, data=form, timeout=60)
        except requests.ConnectionError:
            if not self.sends_again or not browser.cookies:  # without a cookie nothing was answered: no kept connection
                raise
        return browser.request(method, url, data=form, timeout=60, headers={"Connection": "close"})


@contextmanager
def visitors(proxy: Proxy, number: int, *, sends_again: bool = False) -> Iterator[Visitors]:
    """So many at once, until the end of the block."""
    crowd = Visitors(proxy, sends_again)
    threads = [threading.Thread(target=crowd.look) for _ in range(number)]
    for thread in threads:
        thread.start()
    try:
        yield crowd
    finally:
        crowd.ended.set()
        for thread in threads:
            thread.join()


def test_a_rolling_restart_under_load_fails_no_request(url: str, tmp_path: Path) -> None:
    filled(url, tmp_path / "shared")
    with machines(2, url, tmp_path, DEMO_CENTRE="none", DRAIN_SECONDS=str(DRAIN)) as every:
        for machine in every:
            machine.begin()
        for machine in every:
            machine.wait_until_ready()
        with proxy_before(every, tmp_path) as proxy, visitors(proxy, 3) as crowd:
            for machine in every:
                before = crowd.answered
                machine.tell_to_end()
                wait_until(lambda here=machine: not proxy.sends_to(here), "still sent visitors")  # type: ignore[misc]
                assert not machine.has_ended()  # it serves on until nobody is sent any more
                assert machine.wait_until_ended() == 0
                wait_until(lambda seen=before: crowd.answered > seen + 5, "nobody is served")  # type: ignore[misc]
                machine.begin()
                machine.wait_until_ready()
                wait_until(lambda here=machine: proxy.sends_to(here), "sent no visitors again")  # type: ignore[misc]
        assert crowd.failed == []
        assert crowd.sent > 10


def test_a_server_of_gunicorns_own_says_that_it_ends_before_it_does(url: str, tmp_path: Path) -> None:
    filled(url, tmp_path / "shared")
    with machines(1, url, tmp_path, DRAIN_SECONDS="30") as (machine,):
        machine.command = ("-m", "gunicorn", "-b", f"127.0.0.1:{machine.port}", "--threads", "2", "app:app")
        machine.begin()
        machine.wait_until_ready()
        machine.tell_to_end()
        wait_until(lambda: not machine.is_ready(), "it never said so")
        answers = [machine.get(path) for path in ("/readyz", "/livez", "/nb/tickets")]
        assert [answer.status_code for answer in answers if answer is not None] == [503, 200, 200]
        machine.tell_to_end()  # somebody has no patience
        assert machine.wait_until_ended() == 0


def test_a_server_of_gunicorns_own_ends_on_a_database_that_nobody_brought_up(tmp_path: Path) -> None:
    with machines(1, f"sqlite:///{tmp_path}/empty.db", tmp_path) as (machine,):
        machine.command = ("-m", "gunicorn", "-b", f"127.0.0.1:{machine.port}", "app:app")
        machine.begin()
        assert machine.wait_until_ended() == 4  # and does not try for ever
        assert machine.printed().count("The database has no tables yet: flask --app app migrate\n") == 1


def test_a_server_of_gunicorns_own_ends_on_settings_that_are_wrong(tmp_path: Path) -> None:
    with machines(1, f"sqlite:///{tmp_path}/empty.db", tmp_path, DRAIN_SECONDS="soon") as (machine,):
        machine.command = ("-m", "gunicorn", "-b", f"127.0.0.1:{machine.port}", "app:app")
        machine.begin()
        assert machine.wait_until_ended() == 1
        assert machine.printed() == "DRAIN_SECONDS must be a whole number from 0 to 300, not “soon”.\n"
