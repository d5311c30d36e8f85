"""All of deploy/compose.yaml here: built, looked at, sold from, restarted under visitors, its primary killed."""

from __future__ import annotations

import itertools
import re
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from urllib.parse import urljoin, urlsplit

import requests
from aiosmtpd.controller import Controller

from tests.chaos.browser import TIMEOUT, Away, Browser, Fields, Page, Refused, Unknown
from tests.chaos.visitors import HAS_TICKETS, choose
from tests.drill.outcome import Outcome
from tests.drill.podman import BUILD, Composed, Podman, a_podman
from tests.machines.test_rolling import visitors
from tests.support.certificates import a_certificate
from tests.support.house import Mailbox, free_port
from tests.support.machines import KEY, ROOT, wait_until

PROJECT = "bestill-drill"
GATEWAY = "10.89.7.1"  # this machine, as the containers see it
WEBS, SERVICES = ("one", "two"), ("proxy", "one", "two", "worker", "database", "standby", "counter")
GRACE = {"one": 40, "worker": 60, "proxy": 30, "standby": 60}  # as the file says; who takes longer is killed
PATIENCE = 300  # seconds for any sale at all
FOLLOWS = "SELECT count(*) FROM pg_stat_replication WHERE sync_state = 'sync'"


@dataclass
class Shop:
    """What the proxy's port leads to."""

    composed: Composed
    port: int
    certificate: Path | None
    mailbox: Mailbox
    sold: int = 0
    numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def address(self) -> str:
        """For the next request."""
        return f"https://localhost:{self.port}"

    def sends_to(self, _machine: object) -> bool:
        """It is not asked."""
        raise NotImplementedError

    def get(self, path: str) -> requests.Response:
        """A page, by somebody new."""
        return requests.get(self.address() + path, verify=str(self.certificate), allow_redirects=False, timeout=30)

    def answers(self, path: str) -> bool:
        """Whether it is 200."""
        try:
            return self.get(path).status_code == 200
        except requests.RequestException:
            return False

    def buy(self) -> str:
        """Two tickets in Bokmål, paid at the demo's till; the buyer's address. Raises what a Browser does."""
        number = next(self.numbers)
        dice, email = Random(f"containers:{number}"), f"kari{number}@example.org"
        browser = _ByTls([self.port], dice)
        browser.shop = self
        _slot, form = choose(dice, browser, "nb")
        checkout = browser.follow(form, **{form.numbers()[0]: "2"})
        till = browser.follow(browser.get(checkout).form("email"), name="Kari Nordmann", email=email)
        page = browser.get(browser.follow(browser.get(till).form("play"), play="pay"))
        if HAS_TICKETS not in page.text:
            raise Unknown("paid, and no tickets")
        self.sold += 1
        return email

    def wait_for_a_sale(self, since: float) -> float:
        """Seconds from a moment until somebody has tickets."""
        refused = ""
        while time.monotonic() < since + PATIENCE:
            try:
                self.buy()
            except (Refused, Unknown, Away) as error:
                refused = str(error)
            else:
                return time.monotonic() - since
        raise AssertionError(f"no sale: {refused}")


class _ByTls(Browser):
    """A browser that comes by the proxy."""

    shop: Shop

    def _ask(self, method: str, address: str, fields: Fields | None) -> Page | None:
        parts = urlsplit(address)
        path = f"{parts.path}?{parts.query}" if parts.query else parts.path
        try:
            answer = requests.request(
                method, self.shop.address() + path, data=fields, cookies=self.cookies, timeout=TIMEOUT,
                verify=str(self.shop.certificate), allow_redirects=False, headers={"Referer": self.shop.address()},
            )  # fmt: skip
        except requests.RequestException:
            return None
        self.cookies |= answer.cookies.get_dict()
        location = answer.headers.get("Location", "")
        return Page(answer.status_code, path, answer.text, urljoin(self.shop.address(), location) if location else "")


def compose_file(folder: Path) -> Outcome:
    """Everything once; the seconds are those from the primary's death until a ticket is sold again."""
    podman = a_podman(folder)
    with _a_shop(podman, folder) as shop:
        faults = [*_begins(shop), *_is_confined(shop), *_sells(shop), *_restarts(shop)]
        composed, moment = shop.composed, time.monotonic()
        composed.podman("kill", *composed.containers("database"))
        _ask(composed, "standby", "SELECT pg_promote()")
        seconds = shop.wait_for_a_sale(moment)
        _tell("a ticket is sold again after the primary's death", moment)
        faults += [*_keeps_its_books(shop), *_ends(shop)]
        return Outcome(seconds, shop.sold, faults)


@contextmanager
def _a_shop(podman: Podman, folder: Path) -> Iterator[Shop]:
    """A copy of what git has of us, with settings and a certificate of its own, built and started."""
    deploy = _laid_out(folder / "bestill") / "deploy"
    certificate = a_certificate(deploy)
    certificate.chmod(0o600)
    trusted = shutil.copy(certificate, folder / "trusted.pem")
    port, mail = free_port(), free_port()
    own = {
        "MODE": "demo", "PUBLIC_URL": f"https://localhost:{port}", "SECRET_KEY": KEY, "MAIL_SERVER": GATEWAY,
        "MAIL_PORT": str(mail), "MAIL_USE_TLS": "off", "MAIL_USERNAME": "", "MAIL_PASSWORD": "",
    }  # fmt: skip
    settings = (deploy / "bestill.env").read_text() + "".join(f"{name}={value}\n" for name, value in own.items())
    (deploy / "compose.env").write_text(settings)
    doors = f"HTTP=127.0.0.1:{free_port()}\nHTTPS=127.0.0.1:{port}\n"
    (deploy / ".env").write_text(f"DATABASE_PASSWORD={KEY}\n{doors}")
    composed = Composed(podman, deploy, PROJECT)
    mailbox = Mailbox()
    post = Controller(mailbox, hostname=GATEWAY, port=mail)
    try:
        moment = time.monotonic()
        composed("build", timeout=BUILD)
        _tell(f"built, {podman('image', 'inspect', '--format', '{{.Size}}', 'localhost/bestill')} bytes", moment)
        moment = time.monotonic()
        composed("up", "-d", timeout=PATIENCE * 2)
        post.start()
        shop = Shop(composed, port, Path(trusted), mailbox)
        wait_until(lambda: shop.answers("/readyz"), f"never ready: {composed.printed('one')[-2000:]}")
        _tell("started from nothing, and ready", moment)
        yield shop
    finally:
        composed("down", "-v", "-t", "5")
        if post.server is not None:
            post.stop()


def _laid_out(folder: Path) -> Path:
    """What git would give to somebody else."""
    files = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    )
    for name in files.stdout.decode().split("\0"):
        if name and (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, folder / name)
    return folder


def _begins(shop: Shop) -> list[str]:
    """One migration, a standby that is waited for, and a demo centre."""
    composed, faults = shop.composed, []
    migrations = re.findall(r"Migrated from nothing to \w+", composed.printed("migrate"))
    if len(migrations) != 1 or composed.state(*composed.containers("migrate")) != ("exited", 0):
        faults.append(f"migrations: {composed.printed('migrate')[-500:]}")
    if _ask(composed, "database", FOLLOWS) != "1":
        faults.append("nobody waits for the standby")
    if len(composed.containers("worker")) != 2:
        faults.append(f"workers: {composed.containers('worker')}")
    loaded = composed.inside("one", "flask", "--app", "app", "demo", "load")
    assert loaded.returncode == 0, loaded.stderr[-1000:]
    return faults


def _is_confined(shop: Shop) -> list[str]:
    """Nobody is root, may become it, or may write beside what is theirs; and all are well."""
    composed, faults = shop.composed, []
    for service in SERVICES:
        told = composed.inside(service, "cat", "/proc/1/status").stdout
        rights = {name: words.split() for name, _, words in (line.partition(":") for line in told.splitlines())}
        if rights["Uid"][1] == "0" or int(rights["CapEff"][0], 16) or rights["NoNewPrivs"] != ["1"]:
            faults.append(f"{service} runs as {rights['Uid']} with {rights['CapEff']}, {rights['NoNewPrivs']}")
        if composed.inside(service, "touch", "/etc/ours").returncode == 0:
            faults.append(f"{service} may write to its own root")
        name = composed.containers(service)[0]
        if (
            service not in ("proxy", "worker")
            and (done := composed.podman.tried("healthcheck", "run", name)).returncode
        ):
            faults.append(f"{service} is not well: {done.stdout}{done.stderr}")
    return faults


def _sells(shop: Shop) -> list[str]:
    """A page in Bokmål, tickets, and a letter with them; all count together."""
    faults = [] if 'lang="nb"' in shop.get("/nb/").text else ["no page in Bokmål"]
    moment = time.monotonic()
    letter = shop.mailbox.letter_to(shop.buy())
    _tell("bought, and the letter is there", moment)
    if not any(part.get_content_type() == "application/pdf" for part in letter.walk()):
        faults.append("a letter without tickets")
    health = shop.get("/healthz")
    if health.status_code != 200 or health.json()["limits_together"] is not True:
        faults.append(f"health: {health.text}")
    return faults


def _restarts(shop: Shop) -> list[str]:
    """One machine after the other while visitors come; nobody meets a closed door, and nothing has to be killed."""
    composed, faults, moment = shop.composed, [], time.monotonic()
    with visitors(shop, 3) as crowd:
        for service in WEBS:
            faults += _ended(composed, service)
            composed("start", service)
            answered = crowd.answered
            wait_until(lambda name=service: _is_up(composed, name), f"{service} is not ready")  # type: ignore[misc]
            wait_until(lambda before=answered: crowd.answered > before + 20, "nobody is served")  # type: ignore[misc]
    _tell(f"{crowd.answered} answers, {crowd.sent} forms while both were restarted", moment)
    return faults + crowd.failed


def _is_up(composed: Composed, service: str) -> bool:
    """What the proxy's own figures say of a machine."""
    code = "import urllib.request as r; print(r.urlopen('http://127.0.0.1:8000/readyz').status)"
    return composed.inside(service, "python", "-c", code).stdout.strip() == "200"


def _keeps_its_books(shop: Shop) -> list[str]:
    """The check after all of it, and a copy."""
    faults = []
    checked = shop.composed.inside("two", "flask", "--app", "app", "check")
    if checked.returncode:
        faults.append(f"check: {checked.stdout}{checked.stderr}")
    shop.composed("--profile", "by-hand", "run", "--rm", "copy")
    kept = shop.composed("--profile", "by-hand", "run", "--rm", "copy", "ls", "-l", "/var/backups/bestill")
    if not re.search(r"-rw------- .* bestill .*\.copy", kept):
        faults.append(f"no copy: {kept}")
    return faults


def _ends(shop: Shop) -> list[str]:
    """Everybody else ends by themselves, too."""
    return [
        fault for service in ("worker", "one", "two", "proxy", "standby") for fault in _ended(shop.composed, service)
    ]


def _ended(composed: Composed, service: str) -> list[str]:
    moment = time.monotonic()
    seconds, code = composed.end(service)
    _tell(f"{service} ended with {code}", moment)
    grace = GRACE.get(service, GRACE["one"])
    return [] if code == 0 and seconds < grace else [f"{service} ended with {code} after {seconds:.0f} s of {grace}"]


def _ask(composed: Composed, service: str, statement: str) -> str:
    """What a database says to its owner."""
    way = "PGPASSWORD=$DATABASE_PASSWORD psql -h 127.0.0.1 -U bestill -Atc"
    done = composed.inside(service, "sh", "-c", f'{way} "{statement}"')
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def _tell(what: str, since: float) -> None:
    print(f"    {time.monotonic() - since:6.1f} s  {what}", flush=True)
