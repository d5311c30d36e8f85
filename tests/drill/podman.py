"""Podman on this machine, with what it takes to start anything here, and a compose file's containers by it."""

from __future__ import annotations

import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.drill.outcome import Skipped
from tests.support.processes import installed

SUITE = "trixie"
BASE = "docker.io/library/debian:13-slim"  # whose stand-in is made where no registry is reached
STAND_IN = "localhost/bestill-drill-base"
AUTHORITIES = Path("/usr/local/share/ca-certificates")  # whom this machine trusts besides: a network's own
BUILD = 3600  # seconds: the packages of the house are half a gigabyte


@dataclass
class Podman:
    """It is called as one types it; `base` is what images are built from."""

    environment: dict[str, str]
    base: str = BASE

    def tried(self, *words: str, timeout: float = 300) -> subprocess.CompletedProcess[str]:
        """What came of a command, also of one that failed."""
        return subprocess.run(
            ["podman", *words], env=self.environment, capture_output=True, text=True, timeout=timeout, check=False
        )

    def __call__(self, *words: str, timeout: float = 300) -> str:
        """What a command printed; AssertionError with its own words when it failed."""
        done = self.tried(*words, timeout=timeout)
        assert done.returncode == 0, f"podman {' '.join(words[:3])}: {done.stdout[-500:]}{done.stderr[-1500:]}"
        return done.stdout.strip()

    def get_base(self) -> None:
        """The image that the Containerfile begins with, or one of the same system made here. Raises Skipped."""
        if self.tried("image", "exists", BASE).returncode == 0 or self.tried("pull", "-q", BASE).returncode == 0:
            return
        self.base = STAND_IN
        if self.tried("image", "exists", STAND_IN).returncode != 0:
            _make_stand_in(self)


def a_podman(folder: Path) -> Podman:
    """One that starts containers here. Raises Skipped, with what is missing in words."""
    own = Path(sys.executable).parent
    path = os.pathsep.join((os.environ.get("PATH", ""), str(own), "/usr/sbin"))
    for program, where in (("podman", "apt-get install podman"), ("podman-compose", "pip install podman-compose")):
        if shutil.which(program, path=path) is None:
            raise Skipped(f"{program} is not installed: {where}")
    settings = folder / "containers.conf"
    # Without systemd nobody looks at a container's health by itself; the drill asks for it.
    podman = Podman(os.environ | {"PATH": path, "CONTAINERS_CONF": str(settings), "DISABLE_HC_SYSTEMD": "true"})
    settings.write_text("")
    podman.get_base()
    why = ""
    for text in _settings():
        settings.write_text(text)
        done = podman.tried("run", "--rm", podman.base, "true")
        if done.returncode == 0:
            return podman
        why = done.stderr.strip().rpartition("\n")[2]
    raise Skipped(f"no container starts here: {why}")


def _settings() -> Sequence[str]:
    """As podman is; then with no more than this machine allows; then by the older runtime, for older control groups."""
    files = min(16384, resource.getrlimit(resource.RLIMIT_NOFILE)[1])
    limits = f'[containers]\ndefault_ulimits = ["nofile={files}:{files}", "nproc=4096:4096"]\n'
    return ("", limits, f'{limits}[engine]\nruntime = "runc"\ncgroup_manager = "cgroupfs"\n')


def _make_stand_in(podman: Podman) -> None:
    """Debian's essential packages from its own archive, as the image that has its name. Raises Skipped."""
    program = installed("mmdebstrap")
    if program is None:
        raise Skipped(f"{BASE} is not reached, and mmdebstrap is not installed to make one like it")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        made = subprocess.run(
            [program, "--variant=minbase", "--dpkgopt=path-exclude=/usr/share/doc/*", SUITE, str(folder / "base.tar")],
            capture_output=True, text=True, timeout=BUILD, check=False,
        )  # fmt: skip
        if made.returncode != 0:
            raise Skipped(f"{BASE} is not reached, and Debian's archive neither: {made.stderr[-200:]}")
        podman("import", "-q", str(folder / "base.tar"), STAND_IN)
        (folder / "base.tar").unlink()
        (folder / "trusted").mkdir()
        for file in AUTHORITIES.glob("*.crt"):
            shutil.copy(file, folder / "trusted")
        (folder / "Containerfile").write_text(f"FROM {STAND_IN}\nCOPY trusted/ {AUTHORITIES}/\n")
        podman("build", "-q", "-t", STAND_IN, str(folder))


@dataclass
class Composed:
    """The containers of a compose file; `folder` is where it lies, `project` what they are called by."""

    podman: Podman
    folder: Path
    project: str

    def __call__(self, *words: str, timeout: float = 600) -> str:
        """`podman-compose` with these words; AssertionError with what it printed when it failed."""
        other = [f"--podman-build-args=--from {self.podman.base}"] if self.podman.base != BASE else []
        done = subprocess.run(
            ["podman-compose", "-p", self.project, *other, *words], cwd=self.folder, env=self.podman.environment,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=timeout, check=False,
        )  # fmt: skip
        assert done.returncode == 0, f"podman-compose {' '.join(words)}: {done.stdout[-3000:]}"
        return done.stdout

    def containers(self, service: str) -> list[str]:
        """Their names."""
        which = (f"label=com.docker.compose.project={self.project}", f"label=com.docker.compose.service={service}")
        return self.podman("ps", "-a", "--format", "{{.Names}}", *(f"--filter={label}" for label in which)).split()

    def inside(self, service: str, *words: str) -> subprocess.CompletedProcess[str]:
        """A command in the first container of a service."""
        return self.podman.tried("exec", self.containers(service)[0], *words, timeout=600)

    def printed(self, service: str) -> str:
        """What all containers of a service have printed."""
        logs = [self.podman.tried("logs", name) for name in self.containers(service)]
        return "".join(log.stdout + log.stderr for log in logs)

    def state(self, name: str) -> tuple[str, int]:
        """Of a container: what it does, and the code that it ended with."""
        status, _, code = self.podman("inspect", "--format", "{{.State.Status}} {{.State.ExitCode}}", name).partition(
            " "
        )
        return status, int(code)

    def end(self, service: str) -> tuple[float, int]:
        """As an operator ends it: the seconds that the first container took, and its code."""
        name, begun = self.containers(service)[0], time.monotonic()
        self("stop", service)
        return time.monotonic() - begun, self.state(name)[1]
