"""Redis is gone, frozen, or was never there: everything goes on, each process counts for itself, and it is said."""

from __future__ import annotations

import json
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import redis
import requests

from tests.outages.small_house import small_house
from tests.outages.waiting import wait_until
from tests.support.house import ROOT, House, free_port

MOST = 10


@dataclass
class Redis:
    """A Redis of a test's own: the real one where it is installed."""

    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        program = shutil.which("redis-server") or shutil.which("valkey-server")
        command = [program, "--port", str(self.port), "--save", "", "--bind", "127.0.0.1"] if program else DOUBLE
        command = command if program else [*DOUBLE, str(self.port)]
        self.process = subprocess.Popen([str(word) for word in command], cwd=ROOT, stdout=subprocess.DEVNULL)
        wait_until(self.answers, "Redis did not start")

    def answers(self) -> bool:
        try:
            return bool(redis.Redis(port=self.port, socket_timeout=1).ping())
        except redis.RedisError:
            return False

    def tell(self, what: int) -> None:
        assert self.process is not None
        self.process.send_signal(what)
        if what == signal.SIGKILL:
            self.process.wait()


DOUBLE = [sys.executable, "-m", "tests.outages.redis_double"]


@contextmanager
def a_house(folder: Path, server: Redis) -> Iterator[House]:
    more = {"REDIS_URL": f"redis://127.0.0.1:{server.port}/0", "RATE_LIMITS": "on", "WEB_THREADS": "8"}
    with small_house(folder, **more) as small:
        yield small.house


def statuses(house: House, times: int) -> list[int]:
    """Looks for a booking so many times: ten an hour are allowed."""
    session = requests.Session()
    page = f"{house.url}/nb/my-booking"
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', session.get(page, timeout=MOST).text)
    assert token
    data = {"csrf_token": token[1], "email": "kari@example.org"}
    return [session.post(page, data=data, timeout=MOST).status_code for _ in range(times)]


def told(house: House) -> list[str]:
    lines = [json.loads(line) for line in house.said().splitlines() if line.startswith("{")]
    return [line["event"] for line in lines if line["event"].startswith("limits.")]


@pytest.fixture
def server() -> Iterator[Redis]:
    made = Redis()
    yield made
    if made.process is not None and made.process.poll() is None:
        made.tell(signal.SIGKILL)


@pytest.mark.parametrize("what", [signal.SIGKILL, signal.SIGSTOP])
def test_redis_goes_and_comes_back(tmp_path: Path, server: Redis, what: int) -> None:
    server.start()
    with a_house(tmp_path, server) as house:
        assert statuses(house, 3).count(429) == 0
        server.tell(what)
        answers = statuses(house, 12)
        assert set(answers) == {200, 429} and answers.index(429) >= 10  # as many as ever, counted in the process
        assert told(house) == ["limits.alone"]
        assert requests.get(f"{house.url}/healthz", timeout=MOST).json()["limits_together"] is False
        if what == signal.SIGSTOP:
            server.tell(signal.SIGCONT)
        else:
            server.start()
        wait_until(lambda: statuses(house, 1) != [] and told(house)[-1] == "limits.together", "it did not come back")
        assert told(house) == ["limits.alone", "limits.together"]
        assert requests.get(f"{house.url}/healthz", timeout=MOST).json()["limits_together"] is True


def test_redis_that_is_not_there_at_the_start_keeps_nobody_from_selling(tmp_path: Path, server: Redis) -> None:
    with a_house(tmp_path, server) as house:
        answers = statuses(house, 11)
        assert answers == [200] * 10 + [429]
        assert told(house) == ["limits.alone"]
        assert "Traceback" not in house.said()
        server.start()
        wait_until(lambda: statuses(house, 1) != [] and told(house)[-1] == "limits.together", "it did not find it")
