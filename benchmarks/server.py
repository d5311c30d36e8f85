"""A running server to measure: the real one, or a bare one as its ceiling; and what its processes use, from /proc."""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")
WAIT = 60  # seconds for a server to answer at all


@dataclass(frozen=True, slots=True)
class Usage:
    """CPU seconds so far: of the processes that answer, and of the worker beside them."""

    web: float
    worker: float


class Running:
    """A server in processes of its own, started on a free port and ended with `stop`."""

    def __init__(
        self,
        command: Sequence[str],
        folder: Path,
        environment: Mapping[str, str],
        path: str,
        python: str = sys.executable,
        code: Path | None = None,
    ) -> None:
        self.port = free_port()
        self.log = folder / "server.log"
        begun = time.monotonic()
        with self.log.open("w") as log:
            self.process = subprocess.Popen(
                [python, *command],
                cwd=code,
                env={**os.environ, **environment, "PORT": str(self.port)},
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        self._wait_for(path)
        self.first_answer = time.monotonic() - begun  # seconds

    def _wait_for(self, path: str) -> None:
        until = time.monotonic() + WAIT
        while time.monotonic() < until:
            if self.process.poll() is not None:
                sys.exit(self.log.read_text())
            connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=WAIT)
            try:
                connection.request("GET", path)
                if connection.getresponse().status == 200:
                    return
            except OSError:
                time.sleep(0.005)
            finally:
                connection.close()
        sys.exit(f"The server did not answer.\n{self.log.read_text()}")

    def stop(self) -> None:
        """End it and wait for that."""
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(WAIT)

    def worker(self) -> list[int]:
        """The worker and what it has started: the oldest child of the real server; of a bare one there is none."""
        children = _children(self.process.pid)
        return _tree(children[0]) if len(children) > 2 else []

    def web_ports(self) -> set[int]:
        """The ports that the processes which answer talk from."""
        worker = self.worker()
        sockets = {link for pid in _tree(self.process.pid) if pid not in worker for link in _open_files(pid)}
        lines = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
        return {int(line[1].rsplit(":", 1)[1], 16) for line in lines if f"socket:[{line[9]}]" in sockets}

    def usage(self) -> Usage:
        """CPU so far, that of helpers that are gone again included."""
        worker = sum(_cpu(pid) for pid in self.worker())
        return Usage(sum(_cpu(pid) for pid in _tree(self.process.pid)) - worker, worker)

    def memory(self) -> float:
        """Megabytes of all processes, what they share counted once."""
        return sum(_proportional_kilobytes(pid) for pid in _tree(self.process.pid)) / 1024

    def statements(self, route: str, status: int = 200) -> int:
        """The most SQL statements that a request of this route took, from the server's own log."""
        lines = [json.loads(line) for line in self.log.read_text().splitlines() if line.startswith('{"at"')]
        counted = [line["statements"] for line in lines if line.get("route") == route and line.get("status") == status]
        return max(counted, default=0)


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _tree(pid: int) -> list[int]:
    """A process and all below it."""
    return [pid, *(below for child in _children(pid) for below in _tree(child))]


def _children(pid: int) -> list[int]:
    """The oldest first."""
    processes = [int(name) for name in os.listdir("/proc") if name.isdigit()]
    return sorted(
        (child for child in processes if _stat(child)[1] == str(pid)), key=lambda child: int(_stat(child)[19])
    )


def _stat(pid: int) -> list[str]:
    """Fields of /proc/<pid>/stat after the name: state, parent, …; of a process that is gone, nothing much."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    except OSError:
        return ["X", "0", *["0"] * 48]


def _open_files(pid: int) -> set[str]:
    return {os.readlink(path) for path in Path(f"/proc/{pid}/fd").iterdir() if path.is_symlink()}


def _cpu(pid: int) -> float:
    return sum(int(field) for field in _stat(pid)[11:15]) / TICKS  # its own, and that of children it has seen end


def _proportional_kilobytes(pid: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("Pss:")), 0)
