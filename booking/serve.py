"""`make run`: migrate, load the demo into an empty database, say where to look, then serve with a worker beside."""

from __future__ import annotations

import errno
import gc
import logging
import os
import pickle
import signal
import socket
import sys
import threading
from collections.abc import Callable
from types import FrameType
from typing import NoReturn, TypeVar

from flask import Flask
from gunicorn.app.base import BaseApplication
from gunicorn.glogging import Logger

from booking import create_app
from booking.centre.facts import Holidays, NoCentre, holidays_of, remember_holidays, the_centre
from booking.kernel import clock, log
from booking.kernel.database import db
from booking.kernel.server import looking_up
from booking.kernel.server.patience import Process, become
from booking.machines import draining, fitness, turns
from booking.settings import Settings, settings_of
from booking.web.metering import folder

T = TypeVar("T")

STOP_TAKES = 15  # seconds that the worker may take over the piece it has in hand


class QuietLogger(Logger):  # type: ignore[misc]  # gunicorn has no types
    """Gunicorn's log without what people sent: it would print the address of a failing request, and addresses open."""

    def exception(self, msg: object, *_args: object, **_more: object) -> None:
        """What broke, by types and frames."""
        error = sys.exc_info()[1]
        log.write("server.error", **(log.cause(error) if error else {"cause": "unknown"}))

    def error(self, msg: object, *args: object, **more: object) -> None:
        """Words of its own; what comes with an exception is told as such."""
        if more.pop("exc_info", None):
            self.exception(msg)
        else:
            super().error(msg, *args, **more)

    def access(self, *_about: object) -> None:
        """Nothing, whatever was asked for: its line quotes the address, and each request has one of ours."""

    def warning(self, msg: object, *args: object, **more: object) -> None:
        """A request that is none quotes itself behind the colon."""
        text = str(msg)
        super().warning(text.split(" from ip=")[0] if " from ip=" in text else text, *args, **more)


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
    count_together()
    gc.disable()  # all that is loaded now stays: looking for rubbish in it takes a quarter of the time
    app = create_app()
    settings = settings_of(app)
    check_port(settings.bind, settings.port)
    remember_holidays(in_a_child(lambda: prepare(app)))
    warm_up(app)
    folder.begin_anew()
    share_memory()
    become(Process.WEB)
    worker = WorkerProcess(app)
    worker.start()
    try:
        Server(app, gunicorn_options(settings, worker)).run()
    finally:
        worker.stop()


def count_together() -> None:
    """All processes to come count together, where somebody may ask for it; before the app is made."""
    if os.environ.get("METRICS_TOKEN", "").strip():
        folder.share()


def in_a_child(work: Callable[[], T]) -> T:
    """What `work` gives, done in a process of its own that takes along all it has loaded and left behind.

    Each process that is forked later would carry that too. Ends with the child's exit code when the work fails.
    """
    answers, answer = os.pipe()
    sys.stdout.flush()
    pid = os.fork()
    if pid == 0:
        _answer(work, answer)
    os.close(answer)
    with os.fdopen(answers, "rb") as pipe:
        given = pipe.read()
    code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    if code:
        sys.exit(code if code > 0 else 1)
    result: T = pickle.loads(given)  # noqa: S301  (our own child's words)
    return result


def _answer(work: Callable[[], object], answer: int) -> NoReturn:
    """The child: works, answers and ends without the farewells that are its parent's to say."""
    code = 1
    try:
        given = pickle.dumps(work())
        with os.fdopen(answer, "wb") as pipe:
            pipe.write(given)
        code = 0
    except SystemExit as end:
        if isinstance(end.code, int):
            code = end.code
        elif end.code:
            print(end.code, file=sys.stderr)
    except BaseException as error:
        log.begin()
        log.write("start.failed", **log.cause(error))
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def warm_up(app: Flask) -> None:
    """Open the first pages once, so that what they load is there before the fork and not in each process anew."""
    logging.disable(logging.INFO)  # nobody has asked for these
    with app.app_context():
        client = app.test_client()
        for path in ("/nb/", "/nb/tickets"):
            client.get(path)
        db.session.remove()
        db.engine.dispose()
    logging.disable(logging.NOTSET)


ALLOCATED = 20_000  # objects more than let go, before the collector looks for circles: ten pages leave not so many


def share_memory() -> None:
    """Keep the collector from copying by its marks what the processes to come share, and from looking at every page."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(ALLOCATED)
    gc.enable()


def check_port(address: str, port: int) -> None:
    """End with one sentence when the port is taken, or the address is not ours."""
    with socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((address, port))
        except OSError as error:
            if error.errno == errno.EADDRNOTAVAIL:
                sys.exit(f"BIND={address} is no address of this machine.")
            sys.exit(f"Port {port} is in use. Stop what runs there, or choose another: PORT={port + 1} make run")


def prepare(app: Flask) -> Holidays:
    """Bring the database up to date, fill an empty demo, print addresses; the holidays of the years to come.

    Of several starts at once one does it, and the others find it done.
    """
    from booking.staff.sessions import first_administrator_secret

    gc.enable()
    settings = settings_of(app)
    with app.app_context(), turns.alone(_waits):
        try:
            before, after = fitness.bring_up(app)
        except fitness.Unfit as error:
            sys.exit(str(error))
        looking_up.tell()
        if before not in (None, after):
            print(f"The database was migrated from {before} to {after}.")
        if settings.demo_centre and not settings.is_production:
            load_demo(settings.demo_centre)
        secret = first_administrator_secret()
        holidays = _holidays_ahead()
    print(f"\n  Tickets   {settings.public_url}/")
    print(f"  Staff     {settings.public_url}/staff/")
    if secret:
        print(f"  First administrator, once, within a day:\n            {settings.public_url}/staff/enter/{secret}")
    if settings.clock_ahead:
        print(f"\n  The demo's clock says {clock.now():%Y-%m-%d %H:%M} UTC.")
    print("\n  Stop with Ctrl+C.\n", flush=True)
    return holidays


def _waits() -> None:
    print("Another start has the database in hand; waiting for it to end.", flush=True)


def load_demo(name: str) -> None:
    """Fill a database without a centre; the demo is looked for only then, since it is long."""
    try:
        the_centre()
    except NoCentre:
        from booking.demo.load import load_if_empty

        if load_if_empty(name):
            print("The demo centre has been loaded.")


def _holidays_ahead() -> Holidays:
    """Those of this year and two more; asked for here, since the library fills 16 MB."""
    try:
        centre = the_centre()
    except NoCentre:
        return {}
    year = clock.now().year
    return {
        (centre.country, each_year): holidays_of(centre.country, each_year) for each_year in (year, year + 1, year + 2)
    }


class WorkerProcess:
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
                self._start_again()

    def _start_again(self) -> None:
        """Try until there is one: a machine that is short of memory for a moment must not end all work for good."""
        while not self.ending.is_set():
            try:
                self.start()
            except OSError as error:
                log.write("worker.not_started", cause=type(error).__name__)
                self.ending.wait(5)
            else:
                return

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
    from booking.running.worker import run_forever

    become(Process.WORKER)
    stop = threading.Event()

    def end(_signal: int, _frame: FrameType | None) -> None:
        stop.set()

    code = 1
    try:
        signal.signal(signal.SIGTERM, end)
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        parent = os.getppid()
        run_forever(app, stop, still_wanted=lambda: os.getppid() == parent)
        code = 0
    except BaseException as error:  # also what is no Exception, as when a library written in Rust panics
        log.write("worker.died", cause=type(error).__name__)
    finally:
        # Whatever happened: this process is a copy of the server, and must not go on as one.
        os._exit(code)


def gunicorn_options(settings: Settings, worker: WorkerProcess) -> dict[str, object]:
    """How gunicorn serves here, with the worker beside."""

    def begin(_server: object) -> None:
        worker.watcher.start()
        draining.linger(settings.drain)

    return serving_options(settings) | {"when_ready": begin}


def serving_options(settings: Settings) -> dict[str, object]:
    """The same for `gunicorn app:app` (gunicorn.conf.py); see docs/operations.md for several machines."""
    return {
        "bind": f"[{settings.bind}]:{settings.port}" if ":" in settings.bind else f"{settings.bind}:{settings.port}",
        "workers": settings.web_processes,
        "threads": settings.web_threads,
        "worker_class": "gthread",
        "preload_app": True,
        "loglevel": "warning",
        "accesslog": None,
        "logger_class": QuietLogger,
        "graceful_timeout": 10,
        "timeout": settings.stuck_seconds,
        "keepalive": 20,
        "child_exit": lambda _server, process: folder.forget_process(process.pid),
        "worker_tmp_dir": "/dev/shm" if os.path.isdir("/dev/shm") else None,  # noqa: S108  (heartbeats, not data)
    }


if __name__ == "__main__":
    main()
