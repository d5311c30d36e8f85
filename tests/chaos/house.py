"""The processes: two servers, a worker, their database, stand-ins for Stripe and Vipps, and the letter-box."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock

import requests
from flask import Flask

from tests.chaos.furnish import Furnished, app_of, furnish, seen_by
from tests.chaos.post import Post
from tests.chaos.stores import Store
from tests.stripe_double.client import SECRET_KEY, WEBHOOK_SECRET, Double
from tests.support.machines import KEY, Machine
from tests.support.one_day import VARIABLE
from tests.support.processes import children, send
from tests.vipps_double import keys as vipps_keys
from tests.vipps_double.client import Vipps

WEBS = 2


@dataclass
class Kept:
    """A process that is started again whenever it ends, as by systemd; its clock may be off."""

    machine: Machine
    asks_ready: bool
    lock: Lock = field(default_factory=Lock)

    def start(self, ahead: float = 0.0) -> None:
        """Start it; `ahead`: by so many seconds its clock differs from everybody's."""
        base = int(os.environ.get(VARIABLE) or 0)
        self.machine.environment[VARIABLE] = f"{base + round(ahead):+d}"
        self.machine.begin()

    def pids(self) -> list[int]:
        """It and its children."""
        process = self.machine.process
        if process is None or process.poll() is not None:
            return []
        return [process.pid, *children(process.pid)]

    def send(self, how: signal.Signals, pids: Sequence[int] | None = None) -> None:
        """To all of it, or to some; who is gone is gone."""
        send(how, self.pids() if pids is None else pids)

    def kill(self) -> None:
        """As when its machine loses power."""
        self.send(signal.SIGKILL)
        if self.machine.process is not None:
            self.machine.process.wait()

    def end(self) -> None:
        """As an operator ends it."""
        self.send(signal.SIGCONT)
        if not self.machine.has_ended():
            self.machine.tell_to_end()
            self.machine.wait_until_ended()


@dataclass
class House:
    """All of it, and the addresses it is known by."""

    store: Store
    webs: list[Kept]
    worker: Kept
    double: Double
    vipps: Vipps
    post: Post
    furnished: Furnished
    app: Flask  # of this process: to look into the books
    ahead: float = 0.0  # of everybody's clock, once time has been let pass

    @property
    def ports(self) -> list[int]:
        """Where the doors are."""
        return [web.machine.port for web in self.webs]

    @property
    def kept(self) -> list[Kept]:
        """What is kept up."""
        return [*self.webs, self.worker]

    def begin(self) -> None:
        """Start all, and wait until visitors may come."""
        for process in self.kept:
            process.start(self.ahead)
        for web in self.webs:
            web.machine.wait_until_ready()
        self.bring_events()

    def bring_events(self, **how: object) -> None:
        """Let the stand-in bring its news to the first door, once each, unless told otherwise."""
        usual = {"url": self.webhook(0), "held": False, "copies": 1, "drops": 0, "gather": 0}
        self.double.webhooks(**(usual | how))
        self.bring_vipps_news()

    def bring_vipps_news(self, door: int = 0, *, held: bool = False) -> None:
        """The same of Vipps, which signs for the host that all of the house know themselves by."""
        url, host = f"http://127.0.0.1:{self.ports[door]}/vipps/webhook", f"127.0.0.1:{self.ports[0]}"
        self.vipps.pull("webhooks", url=url, host=host, held=held)

    def webhook(self, number: int) -> str:
        """The address for the provider's news at one of the doors."""
        return f"http://127.0.0.1:{self.ports[number]}/stripe/webhook"

    def pass_time(self, seconds: float) -> None:
        """The worker's clock and the providers' go ahead by so much; the worker is started anew for it."""
        self.ahead += seconds
        self.worker.end()
        self.double.advance(seconds)
        self.vipps.advance(seconds)
        self.worker.start(self.ahead)
        self.bring_events()

    def stands(self) -> bool:
        """Whether all are up, and every door says that it is ready."""
        return all(web.machine.is_ready() for web in self.webs) and not self.worker.machine.has_ended()

    def printed(self) -> str:
        """What all of them have printed of late."""
        return "\n".join(process.machine.printed()[-1500:] for process in self.kept)

    def wait(self, seconds: float) -> None:
        """Let others go on meanwhile."""
        time.sleep(seconds)

    def books(self) -> AbstractContextManager[None]:
        """The database past the servers, for the block."""
        return seen_by(self.app)

    def sells(self) -> bool:
        """Whether a visitor would be shown the times that are free now."""
        try:
            return any(
                requests.get(f"http://127.0.0.1:{port}/en/tickets?party=2", timeout=5).status_code == 200
                for port in self.ports
            )
        except requests.RequestException:
            return False


@contextmanager
def a_house(folder: Path, store: Store, **more: str) -> Iterator[House]:
    """Furnished and open; `more` are further variables of its environment."""
    with ExitStack() as stack:
        double = Double()
        stack.callback(double.stop)
        vipps = Vipps()
        stack.callback(vipps.stop)
        post = Post()
        stack.callback(post.shut)
        app = app_of(store.address, folder / "builder")
        with seen_by(app):
            furnished = furnish(app)
        environment = {
            "DATABASE_URL": store.address, "SECRET_KEY": KEY, "DEMO_CENTRE": "none", "TRUSTED_PROXIES": "1",
            "STRIPE_SECRET_KEY": SECRET_KEY, "STRIPE_WEBHOOK_SECRET": WEBHOOK_SECRET, "STRIPE_API_BASE": double.base,
            "VIPPS_CLIENT_ID": vipps_keys.CLIENT_ID, "VIPPS_CLIENT_SECRET": vipps_keys.CLIENT_SECRET,
            "VIPPS_SUBSCRIPTION_KEY": vipps_keys.SUBSCRIPTION_KEY,
            "VIPPS_MERCHANT_SERIAL_NUMBER": vipps_keys.MERCHANT, "VIPPS_WEBHOOK_SECRET": vipps_keys.WEBHOOK_SECRET,
            "VIPPS_API_BASE": vipps.base, "VIPPS_PAY_PAGES": vipps.base,
            "MAIL_SERVER": "127.0.0.1", "MAIL_PORT": str(post.port), "MAIL_USE_TLS": "off",
            "MAIL_SENDER": "post@example.org", "STUCK_SECONDS": "30", **more,
        }  # fmt: skip
        webs = [Kept(_web(folder / f"web-{number}", environment), True) for number in range(WEBS)]
        worker = Machine(folder / "worker", dict(environment), ("-m", "flask", "--app", "app", "worker"))
        for machine in (*(web.machine for web in webs), worker):  # all say the same to the provider
            machine.environment["PUBLIC_URL"] = f"http://127.0.0.1:{webs[0].machine.port}"
        house = House(store, webs, Kept(worker, False), double, vipps, post, furnished, app)
        for process in house.kept:
            stack.callback(process.kill)
        house.begin()
        yield house


def _web(folder: Path, environment: dict[str, str]) -> Machine:
    machine = Machine(folder, dict(environment))
    machine.command = ("-m", "gunicorn", "-b", f"127.0.0.1:{machine.port}", "app:app")
    return machine
