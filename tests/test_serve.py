"""`python -m booking.serve` as a newcomer starts it: a real process in an empty folder."""

from __future__ import annotations

import json
import logging
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.request import urlopen

import pytest

from booking.serve import in_a_child
from tests.mail.post_office import free_port
from tests.support.processes import children

ROOT = Path(__file__).resolve().parents[1]
PATIENCE = 90  # seconds, on a machine that does other things as well


@dataclass
class House:
    """A running server."""

    process: subprocess.Popen[bytes]
    port: int
    output: Path

    def healthz(self) -> tuple[int, dict[str, object]]:
        """What it says of its health; (0, {}) while nobody answers."""
        try:
            with urlopen(f"http://127.0.0.1:{self.port}/healthz", timeout=5) as answer:
                return answer.status, json.load(answer)
        except HTTPError as error:
            return error.code, json.load(error)
        except (URLError, OSError):
            return 0, {}

    def printed(self) -> str:
        """What stands on the terminal."""
        return self.output.read_text()


def wait_until(true: Callable[[], bool], what: str) -> None:
    """Wait for something that other processes do."""
    until = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < until, what
        time.sleep(0.05)


@contextmanager
def serving(instance: Path) -> Iterator[House]:
    """A server in this folder, well by the time it is handed over."""
    port, output = free_port(), instance.with_suffix(f".{time.monotonic_ns()}.log")
    environment = os.environ | {"INSTANCE_DIR": str(instance), "PORT": str(port), "WEB_PROCESSES": "1"}
    environment |= {"PYTHONUNBUFFERED": "1"}
    with output.open("wb") as terminal:
        process = subprocess.Popen(
            [sys.executable, "-m", "booking.serve"], cwd=ROOT, env=environment, stdout=terminal, stderr=terminal
        )
    house = House(process, port, output)
    try:
        wait_until(lambda: house.healthz()[0] == 200 or process.poll() is not None, "it never became well")
        assert process.poll() is None, house.printed()
        yield house
    finally:
        process.kill()
        process.wait()


@pytest.fixture(scope="module")
def instance(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which a server has been started and stopped once; its terminal lies beside it."""
    folder = tmp_path_factory.mktemp("house") / "instance"
    with serving(folder) as house:
        begun = time.monotonic()
        house.process.send_signal(signal.SIGTERM)
        house.process.wait(30)
        stopped_in = time.monotonic() - begun
        first = {
            "printed": house.printed(),
            "code": house.process.returncode,
            "seconds": stopped_in,
            "left": [pid for pid, state in children(house.process.pid).items() if state != "Z"],
        }
    (folder.parent / "first.json").write_text(json.dumps(first))
    return folder


@pytest.fixture
def first_start(instance: Path) -> dict[str, object]:
    """What happened at the first start."""
    told: dict[str, object] = json.loads((instance.parent / "first.json").read_text())
    return told


def test_the_first_start_loads_the_demo_and_says_where_to_look(first_start: dict[str, object]) -> None:
    printed = str(first_start["printed"])
    assert "The demo centre has been loaded." in printed
    assert re.search(r"Tickets +http://localhost:\d+/\n", printed)
    assert re.search(r"Staff +http://localhost:\d+/staff/\n", printed)


def test_the_first_start_prints_one_link_for_the_first_administrator(first_start: dict[str, object]) -> None:
    assert len(re.findall(r"/staff/enter/[0-9A-Z]{26}\n", str(first_start["printed"]))) == 1


def test_nothing_is_complained_of(first_start: dict[str, object]) -> None:
    assert not re.search(r"Traceback|Error|Warning", str(first_start["printed"]))


def test_sigterm_ends_it_cleanly_within_a_few_seconds(first_start: dict[str, object]) -> None:
    assert first_start["code"] == 0
    assert float(str(first_start["seconds"])) < 10
    assert first_start["left"] == []


def test_the_secret_is_for_its_owner_only(instance: Path) -> None:
    assert (instance / "secret_key").stat().st_mode & 0o077 == 0


def test_a_second_start_loads_nothing_and_a_killed_worker_comes_back(instance: Path) -> None:
    with serving(instance) as house:
        assert "has been loaded" not in house.printed()
        serving_now = children(house.process.pid)
        # The worker was forked first: its number is the lowest.
        worker = min(serving_now)
        os.kill(worker, signal.SIGKILL)
        wait_until(
            lambda: (
                len(set(children(house.process.pid)) - set(serving_now)) == 1
                and worker not in children(house.process.pid)
            ),
            "the worker did not come back",
        )
        assert house.healthz()[0] == 200


def test_a_web_process_that_dies_does_not_take_the_worker_with_it(instance: Path) -> None:
    with serving(instance) as house:
        before = children(house.process.pid)
        worker, web = min(before), max(before)
        os.kill(web, signal.SIGTERM)
        wait_until(lambda: web not in children(house.process.pid), "the web process did not end")
        wait_until(lambda: house.healthz()[0] == 200, "it did not become well again")
        assert worker in children(house.process.pid)


def test_the_worker_does_not_outlive_a_killed_server(instance: Path) -> None:
    with serving(instance) as house:
        orphans = set(children(house.process.pid))
        house.process.kill()
        house.process.wait()
        wait_until(lambda: not any(Path(f"/proc/{pid}").exists() for pid in orphans), "somebody is left")


def test_a_port_in_use_is_said_in_one_sentence(instance: Path) -> None:
    with serving(instance) as house:
        environment = os.environ | {"INSTANCE_DIR": str(instance), "PORT": str(house.port)}
        command = [sys.executable, "-m", "booking.serve"]
        again = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert again.returncode == 1
    assert again.stderr == (
        f"Port {house.port} is in use. Stop what runs there, or choose another: PORT={house.port + 1} make run\n"
    )


def test_what_a_child_finds_out_comes_back_and_its_failure_ends_us_too(
    capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(logging.getLogger("bestill"), "handlers", [])  # those of tests before write elsewhere
    assert in_a_child(lambda: {("NO", 2026): os.getpid()})["NO", 2026] != os.getpid()
    with pytest.raises(SystemExit) as asked_to:
        in_a_child(lambda: sys.exit(3))
    with pytest.raises(SystemExit) as broken:
        in_a_child(lambda: 1 // 0)
    assert (asked_to.value.code, broken.value.code) == (3, 1)
    assert "ZeroDivisionError" in capfd.readouterr().out


DYING = """
import logging, os, sys, time
import booking.running.worker
from booking.serve import WorkerProcess

logging.basicConfig(level=logging.INFO)

class Panic(BaseException):
    pass

def die_of_it(*_args, **_more):
    with open(sys.argv[1], "a") as file:
        print(os.getpid(), file=file)
    raise Panic("a name that must not be written down")

booking.running.worker.run_forever = die_of_it
worker = WorkerProcess(None)
worker.start()
worker.watcher.start()
until = time.monotonic() + 60
while time.monotonic() < until and len(open(sys.argv[1]).readlines() if os.path.exists(sys.argv[1]) else []) < 3:
    time.sleep(0.05)
worker.stop()
"""


def test_a_worker_that_dies_of_what_is_no_exception_is_started_again_and_again(tmp_path: Path) -> None:
    born = tmp_path / "born"
    ended = subprocess.run(
        [sys.executable, "-c", DYING, str(born)], cwd=ROOT, capture_output=True, text=True, check=False, timeout=90
    )
    assert ended.returncode == 0
    assert len(set(born.read_text().split())) >= 3
    assert "worker.died" in ended.stdout + ended.stderr
    assert "must not be written down" not in ended.stdout + ended.stderr
