"""`make run`: migrate, load the demo into an empty database, say where to look, then serve with a worker beside."""

from __future__ import annotations

import gc
import importlib
import os
import signal
import socket
import sys
import threading
from types import FrameType

from flask import Flask
from gunicorn.app.base import BaseApplication

from booking import create_app
from booking.kernel.database import db
from booking.settings import Settings, settings_of

STOP_TAKES = 15  # seconds that the worker may take over the piece it has in hand


class Server(BaseApplication):  # type: ignore[misc]  # gunicorn has no types
    """Gunicorn with our app in it, so that nothing is imported twice."""

    def __init__(self, app: Flask, options: dict[str, object]) -> None:
        self.app = app
        self.options = options
        super().__init__()

    def load_config(self) -> None:
        """Gunicorn's hook."""
        for name, value in self.options.items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        """Gunicorn's hook."""
        return self.app


def main() -> None:
    """Start everything; ends when told to."""
    app = create_app()
    settings = settings_of(app)
    check_port(settings.port)
    prepare(app)
    share_memory()
    worker = Worker(app)
    worker.start()
    try:
        Server(app, gunicorn_options(settings, worker)).run()
    finally:
        worker.stop()


def share_memory() -> None:
    """Load now what each process would load for itself, and keep the collector from copying it by its marks."""
    importlib.import_module("holidays.countries")
    gc.collect()
    gc.freeze()


def check_port(port: int) -> None:
    """End with one sentence when the port is taken."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("0.0.0.0", port))  # noqa: S104  (only asked, not served)
        except OSError:
            sys.exit(f"Port {port} is in use. Stop what runs there, or choose another: PORT={port + 1} make run")


def prepare(app: Flask) -> None:
    """Bring the database up to date, fill an empty demo, print addresses; then let go of every connection."""
    from booking.demo.load import load_if_empty
    from booking.kernel.schema import upgrade_if_needed
    from booking.staff.sessions import first_administrator_secret

    settings = settings_of(app)
    with app.app_context():
        upgrade_if_needed(app)
        if not settings.is_production and load_if_empty("vilvite"):
            print("The demo centre has been loaded.")
        secret = first_administrator_secret()
        db.session.remove()
        db.engine.dispose()  # connections must not be shared across a fork
    print(f"\n  Tickets   {settings.public_url}/")
    print(f"  Staff     {settings.public_url}/staff/")
    if secret:
        print(f"  First administrator, once, within a day:\n            {settings.public_url}/staff/enter/{secret}")
    print("\n  Stop with Ctrl+C.\n", flush=True)


class Worker:
    """The worker as a child process, started again if it dies."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.pid = 0
        self.ending = threading.Event()
        self.watcher = threading.Thread(target=self.watch, daemon=True)
        self.owner = os.getpid()

    def start(self) -> None:
        """Fork; the child never returns."""
        self.pid = os.fork()
        if self.pid == 0:
            run_worker(self.app)

    def watch(self) -> None:
        """Start it again whenever it ends by itself; runs in a thread of the serving process."""
        while not self.ending.is_set():
            try:
                os.waitpid(self.pid, 0)
            except ChildProcessError:
                pass  # gunicorn collects children too and was faster; it has ended all the same
            if not self.ending.wait(1):  # one that cannot live must not be born a thousand times a second
                self.start()

    def stop(self) -> None:
        """Ask it to finish its piece and wait a while for it.

        Gunicorn's own children come by here too when they end, as copies of us: the worker is not theirs to stop.
        """
        if os.getpid() != self.owner:
            return
        self.ending.set()
        try:
            os.kill(self.pid, signal.SIGTERM)
        except ProcessLookupError:
            return
        if self.watcher.is_alive():
            self.watcher.join(STOP_TAKES)


def run_worker(app: Flask) -> None:
    """The child: works until told to stop or its parent is gone."""
    from booking.worker import run_forever

    stop = threading.Event()

    def end(_signal: int, _frame: FrameType | None) -> None:
        stop.set()

    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = os.getppid()
    run_forever(app, stop, still_wanted=lambda: os.getppid() == parent)
    os._exit(0)


def gunicorn_options(settings: Settings, worker: Worker) -> dict[str, object]:
    """How gunicorn serves here; see docs/operations.md for several machines."""

    def begin(_server: object) -> None:
        worker.watcher.start()

    return {
        "bind": f"0.0.0.0:{settings.port}",
        "workers": settings.web_processes,
        "threads": settings.web_threads,
        "worker_class": "gthread",
        "preload_app": True,
        "loglevel": "warning",
        "accesslog": None,
        "graceful_timeout": 10,
        "timeout": 60,
        "keepalive": 20,
        "when_ready": begin,
        "worker_tmp_dir": "/dev/shm" if os.path.isdir("/dev/shm") else None,  # noqa: S108  (heartbeats, not data)
    }


if __name__ == "__main__":
    main()
