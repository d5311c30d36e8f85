"""A small load client: browsers without pictures, each with a connection and a cookie jar of its own."""

from __future__ import annotations

import http.client
import re
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import cycle
from urllib.parse import urlencode, urlsplit

BROWSER = {"Accept-Encoding": "gzip, deflate, br, zstd", "Accept-Language": "nb"}
TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')
ASSET = re.compile(r'(?:href|src)="(/static/[^"]+)"')
MODULE = re.compile(r'from\s*"(\./[^"]+)"|import\s*"(\./[^"]+)"')


@dataclass
class Browser:
    """One visitor. Counts the requests it makes."""

    port: int
    requests: int = 0
    cookies: dict[str, str] = field(default_factory=dict)
    connection: http.client.HTTPConnection | None = None

    def open(
        self, method: str, path: str, form: dict[str, str] | None = None, headers: dict[str, str] | None = None
    ) -> tuple[int, bytes, str]:
        """One request: status, body as it came, and where it sends us."""
        if self.connection is None:
            self.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        sent = dict(headers or {})
        if self.cookies:
            sent["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        body = urlencode(form) if form is not None else None
        if body is not None:
            sent["Content-Type"] = "application/x-www-form-urlencoded"
        self.connection.request(method, path, body, sent)
        answer = self.connection.getresponse()
        content = answer.read()
        self.requests += 1
        for line in answer.headers.get_all("Set-Cookie") or ():
            name, _, value = line.split(";", 1)[0].partition("=")
            self.cookies[name] = value
        return answer.status, content, urlsplit(answer.headers.get("Location", "")).path

    def close(self) -> None:
        """Let the connection go."""
        if self.connection is not None:
            self.connection.close()
            self.connection = None


class Refused(Exception):
    """A step of the purchase was answered otherwise than with the next one."""


def buy(port: int, month: str, slot: int, ticket_type: int) -> int:
    """A whole booking, from the page of a month to the confirmation; returns how many requests it took."""
    browser = Browser(port)
    try:
        page = get(browser, f"{month}&slot={slot}")
        form = {"csrf_token": token_in(page), "slot": str(slot), f"q-{slot}-{ticket_type}": "1"}
        checkout = post(browser, "/nb/tickets", form)
        contact = {"name": "Kari Nordmann", "email": "kari@example.org", "terms": "y"}
        till = post(browser, checkout, {"csrf_token": token_in(get(browser, checkout)), **contact})
        booking = post(browser, till, {"csrf_token": token_in(get(browser, till)), "play": "pay"})
        get(browser, booking)
        return browser.requests
    finally:
        browser.close()


def enter(browser: Browser, path: str) -> None:
    """Press the button of a one-time link."""
    post(browser, path, {"csrf_token": token_on(browser, path)})


def token_on(browser: Browser, path: str) -> str:
    """The token in the forms of a page."""
    return token_in(get(browser, path))


def get(browser: Browser, path: str) -> str:
    """A page. Raises Refused where there is none."""
    status, body, _ = browser.open("GET", path)
    if status != 200:
        raise Refused(f"GET {path}: {status}")
    return body.decode()


def post(browser: Browser, path: str, form: dict[str, str]) -> str:
    """Where a form leads. Raises Refused when it leads nowhere."""
    status, _, location = browser.open("POST", path, form)
    if status != 303:
        raise Refused(f"POST {path}: {status}")
    return location


def token_in(page: str) -> str:
    """The token in the forms of a page. Raises Refused where there is none."""
    token = TOKEN.search(page)
    if token is None:
        raise Refused("a form without its token")
    return token[1]


def weigh(port: int, path: str) -> tuple[int, int]:
    """Bytes on the wire of a page as browsers ask for it: the page alone, and with all that it loads."""
    browser = Browser(port)
    _, page, _ = browser.open("GET", path, headers=BROWSER)
    loaded, wanted, sizes = set[str](), list(ASSET.findall(get(browser, path))), len(page)
    while wanted:
        asset = wanted.pop()
        if asset in loaded:
            continue
        loaded.add(asset)
        _, content, _ = browser.open("GET", asset, headers=BROWSER)
        sizes += len(content)
        if asset.endswith(".js"):
            source = get(browser, asset)
            wanted += [f"{asset.rsplit('/', 1)[0]}/{(named or bare)[2:]}" for named, bare in MODULE.findall(source)]
    browser.close()
    return len(page), sizes


def repeat(port: int, path: str, times: int) -> None:
    """The same page, as browsers ask for it, one after the other on one connection."""
    browser = Browser(port)
    for _ in range(times):
        status, _, _ = browser.open("GET", path, headers=BROWSER)
        if status != 200:
            raise Refused(f"GET {path}: {status}")
    browser.close()


def rush(work: Callable[[int], object], things: Sequence[int], people: int, seconds: float) -> float:
    """Let so many people do `work` over and over for a while; how often a second it was done."""
    taken: Iterator[int] = cycle(things)
    lock, counted, failed = threading.Lock(), [0] * people, list[str]()
    begin = threading.Barrier(people + 1)
    until = 0.0

    def live(person: int) -> None:
        begin.wait()
        while time.monotonic() < until:
            with lock:
                thing = next(taken)
            try:
                work(thing)
            except Exception as error:
                failed.append(f"{type(error).__name__}: {error}")
                return
            counted[person] += 1

    threads = [threading.Thread(target=live, args=(person,)) for person in range(people)]
    for thread in threads:
        thread.start()
    until = time.monotonic() + seconds
    begun = time.monotonic()
    begin.wait()
    for thread in threads:
        thread.join()
    if failed:
        raise Refused(f"{len(failed)} of {people} gave up: {failed[0]}")
    return sum(counted) / (time.monotonic() - begun)
