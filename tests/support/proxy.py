"""Who shares out visitors among machines: HAProxy or nginx where they are installed, by the files that we ship.

Both are Debian's (`apt-get install haproxy nginx-light`). Without HAProxy a stand-in that follows `/readyz` takes its
place, and says so in a warning.
"""

from __future__ import annotations

import itertools
import os
import re
import subprocess
import threading
import time
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

import requests

from tests.support.certificates import a_certificate
from tests.support.house import ROOT, free_port
from tests.support.machines import Machine, wait_until
from tests.support.processes import children, installed

SHIPPED = ROOT / "deploy"


class Proxy(Protocol):
    """Where visitors go, and which machines get any; `certificate` is whom they trust, where there is TLS."""

    certificate: Path | None

    def address(self) -> str:
        """For the next request."""

    def sends_to(self, machine: Machine) -> bool:
        """Whether this machine gets visitors now."""


class Shipped:
    """A proxy by a file of `deploy/`, with certificate, addresses and machines of a test's own."""

    def __init__(self, file: Path, machines: Sequence[Machine]) -> None:
        self.file, self.machines = file, machines
        self.port, self.plain, self.figures = free_port(), free_port(), free_port()
        self.certificate: Path | None = a_certificate(file.parent)
        self.output = file.with_suffix(".log")

    def address(self) -> str:
        """By TLS; whoever asks trusts `certificate`."""
        return f"https://localhost:{self.port}"

    def _write(self, *changes: tuple[str, str]) -> None:
        """The shipped file with these changes: each a pattern that stands in it."""
        text = (SHIPPED / self.file.name).read_text()
        for pattern, there in (("/etc/bestill/certificate.pem", str(self.certificate)), *changes):
            text, times = re.subn(pattern, lambda _match, put=there: put, text)  # type: ignore[misc]
            assert times, f"{pattern} is not in deploy/{self.file.name}"
        self.file.write_text(text)

    @contextmanager
    def _running(self, *command: str) -> Iterator[None]:
        with self.output.open("wb") as out:
            process = subprocess.Popen(command, stdout=out, stderr=out)
        try:
            yield
        finally:
            process.terminate()
            process.wait()


class HAProxy(Shipped):
    """It asks each machine whether it is ready."""

    def sends_to(self, machine: Machine) -> bool:
        """By its own figures."""
        try:
            lines = requests.get(f"http://127.0.0.1:{self.figures}/;csv", timeout=5).text.splitlines()
        except requests.RequestException:
            return False
        return any(line.startswith(f"bestill,m{machine.port},") and ",UP," in line for line in lines)

    @contextmanager
    def running(self, program: str) -> Iterator[None]:
        """Until the end of the block."""
        servers = "\n".join(f"    server m{machine.port} 127.0.0.1:{machine.port}" for machine in self.machines)
        account = r"    (?:user|group) haproxy\n"  # which only root may become
        self._write(
            *([] if os.geteuid() == 0 else [(account, "")]),
            ("/etc/bestill/away.html", str(SHIPPED / "away.html")),
            ("bind :80", f"bind 127.0.0.1:{self.plain}"),
            ("bind :443", f"bind 127.0.0.1:{self.port}"),
            ("bind 127.0.0.1:8404", f"bind 127.0.0.1:{self.figures}"),
            (r"(    server \w+ [\d.:]+\n)+", servers + "\n"),
        )
        with self._running(program, "-db", "-f", str(self.file)):
            wait_until(lambda: _answers(f"http://127.0.0.1:{self.plain}"), "HAProxy does not answer")
            yield


class Nginx(Shipped):
    """It asks nobody: whoever restarts a machine says so before."""

    down: frozenset[int] = frozenset()

    def sends_to(self, machine: Machine) -> bool:
        """By what it was told."""
        return machine.port not in self.down

    def leave_out(self, *machines: Machine) -> None:
        """As an operator marks machines `down`, reloads, and waits until nobody goes by the old file."""
        self.down = frozenset(machine.port for machine in machines)
        self._configure()
        before = children(self.pid)
        subprocess.run([*self.command, "-s", "reload"], check=True, capture_output=True)
        wait_until(lambda: not before.keys() & children(self.pid), "nginx goes on as before")

    @property
    def pid(self) -> int:
        """Of the process that reads the file."""
        return int((self.file.parent / "nginx.pid").read_text())

    def _configure(self) -> None:
        marks = {machine.port: "" if self.sends_to(machine) else " down" for machine in self.machines}
        servers = "".join(
            f"    server 127.0.0.1:{port} max_fails=1 fail_timeout=5s{mark};\n" for port, mark in marks.items()
        )
        self._write(
            ("root /etc/bestill;", f"root {SHIPPED};"),
            ("listen 80;", f"listen 127.0.0.1:{self.plain};"),
            ("listen 443 ", f"listen 127.0.0.1:{self.port} "),
            ("server_name .*;", "server_name localhost;"),
            ("/var/log/nginx/", f"{self.file.parent}/"),
            (r"(    server [\d.:]+ max_fails.*;\n)+", servers),
        )

    @contextmanager
    def running(self, program: str) -> Iterator[None]:
        """Until the end of the block."""
        folder = self.file.parent
        whole = folder / "whole.conf"
        whole.write_text(
            f"daemon off; worker_processes 1; pid {folder}/nginx.pid; error_log {folder}/error.log;\n"
            "events {}\n"
            f"http {{ client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy;\n"
            f"fastcgi_temp_path {folder}/f; uwsgi_temp_path {folder}/u;\n"
            f"scgi_temp_path {folder}/s; include {self.file}; }}\n"
        )
        self.command = (program, "-c", str(whole))
        self._configure()
        with self._running(*self.command):
            wait_until(lambda: _answers(f"http://127.0.0.1:{self.plain}"), "nginx does not answer")
            yield


def _answers(address: str) -> bool:
    try:
        return bool(requests.get(address, timeout=5, allow_redirects=False))
    except requests.RequestException:
        return False


class _FollowsReady:
    """Asks each machine twice a second, and sends visitors in turn to those that were ready."""

    def __init__(self, machines: Sequence[Machine]) -> None:
        self.machines, self.ready = machines, list[Machine]()
        self.certificate: Path | None = None
        self.turn, self.ended = itertools.count(), threading.Event()
        threading.Thread(target=self._ask, daemon=True).start()

    def _ask(self) -> None:
        while not self.ended.wait(0.5):
            self.ready = [machine for machine in self.machines if machine.is_ready()]

    def address(self) -> str:
        while not (ready := self.ready):
            time.sleep(0.05)
        return f"http://127.0.0.1:{ready[next(self.turn) % len(ready)].port}"

    def sends_to(self, machine: Machine) -> bool:
        return machine in self.ready


@contextmanager
def proxy_before(machines: Sequence[Machine], folder: Path) -> Iterator[Proxy]:
    """HAProxy before these, or who takes its place."""
    program = installed("haproxy")
    if program is None:
        warnings.warn("HAProxy is not installed: a stand-in that follows /readyz takes its place", stacklevel=2)
        stand_in = _FollowsReady(machines)
        yield stand_in
        stand_in.ended.set()
        return
    haproxy = HAProxy(folder / "haproxy.cfg", machines)
    with haproxy.running(program):
        for machine in machines:
            wait_until(lambda here=machine: haproxy.sends_to(here), "HAProxy sends nobody")  # type: ignore[misc]
        yield haproxy
