"""Who shares out visitors among machines: HAProxy where it is installed, else a stand-in that follows `/readyz`.

HAProxy is Debian's (`apt-get install haproxy`); the stand-in says in a warning that it is one.
"""

from __future__ import annotations

import itertools
import os
import shutil
import subprocess
import threading
import time
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

import requests

from tests.support.house import free_port
from tests.support.machines import Machine, wait_until

# As in docs/operations.md, with shorter pauses.
CONFIGURATION = """
defaults
    mode http
    timeout connect 5s
    timeout client 60s
    timeout server 60s
    timeout check 3s
frontend visitors
    bind 127.0.0.1:{port}
    default_backend bestill
backend bestill
    option httpchk GET /readyz
    default-server inter 500ms fall 2 rise 1 check
    option redispatch
    retries 3
    option http-buffer-request
{servers}
frontend figures
    bind 127.0.0.1:{figures}
    stats enable
    stats uri /
"""


class Proxy(Protocol):
    """Where visitors go, and which machines get any."""

    def address(self) -> str:
        """For the next request."""

    def sends_to(self, machine: Machine) -> bool:
        """Whether this machine gets visitors now."""


class _HAProxy:
    def __init__(self, port: int, figures: int) -> None:
        self.port, self.figures = port, figures

    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def sends_to(self, machine: Machine) -> bool:
        try:
            lines = requests.get(f"http://127.0.0.1:{self.figures}/;csv", timeout=5).text.splitlines()
        except requests.RequestException:
            return False
        return any(line.startswith(f"bestill,m{machine.port},") and ",UP," in line for line in lines)


class _FollowsReady:
    """Asks each machine twice a second, and sends visitors in turn to those that were ready."""

    def __init__(self, machines: Sequence[Machine]) -> None:
        self.machines, self.ready = machines, list[Machine]()
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
    """Whoever shares out visitors among these."""
    program = shutil.which("haproxy", path=os.pathsep.join((os.environ.get("PATH", ""), "/usr/sbin")))
    if program is None:
        warnings.warn("HAProxy is not installed: a stand-in that follows /readyz takes its place", stacklevel=2)
        stand_in = _FollowsReady(machines)
        yield stand_in
        stand_in.ended.set()
        return
    port, figures = free_port(), free_port()
    servers = "\n".join(f"    server m{machine.port} 127.0.0.1:{machine.port}" for machine in machines)
    file = folder / "haproxy.cfg"
    file.write_text(CONFIGURATION.format(port=port, figures=figures, servers=servers))
    with (folder / "haproxy.log").open("wb") as out:
        process = subprocess.Popen([program, "-db", "-f", str(file)], stdout=out, stderr=out)
    haproxy = _HAProxy(port, figures)
    try:
        for machine in machines:
            wait_until(lambda here=machine: haproxy.sends_to(here), "HAProxy sends nobody")  # type: ignore[misc]
        yield haproxy
    finally:
        process.kill()
        process.wait()
