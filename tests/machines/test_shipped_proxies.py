"""The proxies of `deploy/` before real machines: what they hand on, write down, and say when nobody is there."""

from __future__ import annotations

import re
import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
import requests

from tests.machines.test_rolling import visitors
from tests.outages.small_house import filled
from tests.support.machines import Machine, machines, wait_until
from tests.support.processes import installed
from tests.support.proxy import HAProxy, Nginx

PROXIES = ("haproxy", "nginx")
pytestmark = pytest.mark.xdist_group("shipped proxies")  # one machine for all of them
THREADS = 2
SECRET = "q7Zr" * 8


@contextmanager
def a_proxy(name: str, every: list[Machine], folder: Path) -> Iterator[HAProxy | Nginx]:
    """This one, running, before these machines; skips where it is not installed."""
    program = installed(name)
    if program is None:
        pytest.skip(f"{name} is not installed: apt-get install haproxy nginx-light")
    haproxy = name == "haproxy"
    proxy = HAProxy(folder / "haproxy.cfg", every) if haproxy else Nginx(folder / "nginx.conf", every)
    with proxy.running(program):
        yield proxy


@pytest.fixture(scope="module")
def machine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machine]:
    """One that the world knows by a proxy's address."""
    folder = tmp_path_factory.mktemp("machine")
    url = f"sqlite:///{folder}/shared.db"
    filled(url, folder / "shared")
    more = {"PUBLIC_URL": "https://localhost", "TRUSTED_PROXIES": "1", "WEB_THREADS": str(THREADS), "RATE_LIMITS": "on"}
    with machines(1, url, folder, DEMO_CENTRE="none", **more) as (machine,):
        machine.begin()
        machine.wait_until_ready()
        yield machine


@pytest.fixture(params=PROXIES)
def proxy(request: pytest.FixtureRequest, machine: Machine, tmp_path: Path) -> Iterator[HAProxy | Nginx]:
    """Each kind of proxy in turn, before that machine."""
    with a_proxy(request.param, [machine], tmp_path) as proxy:
        yield proxy


def trusting(proxy: HAProxy | Nginx) -> requests.Session:
    """A browser that knows the certificate."""
    browser = requests.Session()
    browser.trust_env = False  # by which a bundle of the environment would go before
    browser.verify = str(proxy.certificate)
    # The name under which the house is known has the usual port, and tests have another.
    browser.headers["Host"] = "localhost"
    return browser


def test_whoever_comes_in_the_clear_is_led_to_tls_and_a_form_arrives(proxy: HAProxy | Nginx) -> None:
    plain = requests.get(f"http://127.0.0.1:{proxy.plain}/nb/tickets", allow_redirects=False, timeout=10)
    assert (plain.status_code, plain.headers["Location"][:8]) == (308, "https://")
    answer = form_of(proxy, "/staff/sign-in", email="kari@example.org", password="x" * 12)()
    assert answer.headers["Strict-Transport-Security"]
    assert (answer.status_code, "Caps Lock" in answer.text) == (403, True)  # read whole, its token believed, and wrong


def form_of(proxy: HAProxy | Nginx, path: str, **fields: str) -> Callable[..., requests.Response]:
    """Sends the form of a page, each time with further headers."""
    browser, address = trusting(proxy), proxy.address() + path
    page = browser.get(address, timeout=30)
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page.text)
    assert token
    form = {"csrf_token": token[1], **fields}
    # The browser would not give the cookie back by itself, since the name in its address has a port of a test's own.
    own = {"Cookie": page.headers["Set-Cookie"].split(";")[0], "Referer": f"https://localhost{path}"}
    return lambda **more: browser.post(address, data=form, headers=own | more, timeout=30)


def test_what_a_visitor_says_of_its_address_is_not_believed(proxy: HAProxy | Nginx) -> None:
    send = form_of(proxy, "/nb/my-booking", email="nobody")
    answers = [send(**{"X-Forwarded-For": f"203.0.113.{number}"}).status_code for number in range(12)]
    assert answers[-1] == 429  # more than may ask from one address


def test_half_a_form_holds_no_thread(proxy: HAProxy | Nginx) -> None:
    context = ssl.create_default_context(cafile=str(proxy.certificate))
    head = b"POST /staff/sign-in HTTP/1.1\r\nHost: localhost\r\nContent-Length: 4000\r\n\r\nemail="
    with ExitStack() as stack:
        for _ in range(THREADS * 3):
            wire = stack.enter_context(socket.create_connection(("127.0.0.1", proxy.port)))
            stack.enter_context(context.wrap_socket(wire, server_hostname="localhost")).sendall(head)
        answer = trusting(proxy).get(f"{proxy.address()}/nb/tickets", timeout=8)
    assert answer.status_code == 200


def test_no_address_that_opens_something_is_written_down(proxy: HAProxy | Nginx) -> None:
    trusting(proxy).get(f"{proxy.address()}/nb/booking/{SECRET}?key={SECRET}", timeout=30)
    assert keeps_secrets(proxy)


def keeps_secrets(proxy: HAProxy | Nginx) -> bool:
    """Whether there are lines of what was asked, and none has the secret in it."""

    def written() -> str:
        files = {proxy.output, *proxy.file.parent.glob("*.log")}
        return "".join(file.read_text(errors="replace") for file in files)

    wait_until(lambda: " GET " in written(), "nothing was written")
    return SECRET not in written()


@pytest.mark.parametrize("name", PROXIES)
def test_when_no_machine_is_there_a_page_says_so_in_every_language(name: str, tmp_path: Path) -> None:
    with a_proxy(name, [Machine(tmp_path / "never", {})], tmp_path) as proxy:
        answer = trusting(proxy).get(f"{proxy.address()}/nb/tickets?key={SECRET}", timeout=30)
        assert (answer.status_code, answer.headers["Retry-After"]) == (503, "30")
        answer.encoding = "utf-8"
        assert answer.headers["Content-Type"].startswith("text/html")
        assert [word for word in ("straks", "Billettane", "back in a moment", "Drīz") if word not in answer.text] == []
    assert keeps_secrets(proxy)


def test_a_rolling_restart_behind_nginx_fails_no_request(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/shared.db"
    filled(url, tmp_path / "shared")
    with ExitStack() as stack:
        every = stack.enter_context(machines(2, url, tmp_path, DEMO_CENTRE="none"))
        for machine in every:
            machine.begin()
        for machine in every:
            machine.wait_until_ready()
        proxy = stack.enter_context(a_proxy("nginx", every, tmp_path))
        assert isinstance(proxy, Nginx)
        crowd = stack.enter_context(visitors(proxy, 3, sends_again=True))
        for machine in every:
            before = crowd.answered
            proxy.leave_out(machine)
            wait_until(lambda seen=before: crowd.answered > seen + 10, "nobody is served")  # type: ignore[misc]
            machine.tell_to_end()
            assert machine.wait_until_ended() == 0
            machine.begin()
            machine.wait_until_ready()
            proxy.leave_out()
    assert crowd.failed == []
    assert crowd.sent > 5
