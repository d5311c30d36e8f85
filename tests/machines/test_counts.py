"""The processes of a server count together, and what one that has ended has counted stays counted."""

from __future__ import annotations

import os
import re
import signal
from pathlib import Path

import pytest
import requests

from booking.web.metering import folder
from tests.outages.small_house import SmallHouse, small_house
from tests.support.machines import wait_until
from tests.support.processes import send
from tests.web.metered import AS_PROMETHEUS, TOKEN, Sample, samples, value

PAGES = 12


def read_of(small: SmallHouse) -> dict[Sample, float]:
    return samples(requests.get(f"{small.house.url}/metrics", headers=AS_PROMETHEUS, timeout=10).text)


def children_of(small: SmallHouse) -> set[int]:
    """Processes that have counted requests."""
    assert small.house.process is not None
    (kept,) = folder.IN_MEMORY.glob(f"{folder.NAME}{small.house.process.pid}-*")
    return {int(match[1]) for file in kept.glob("histogram_*.db") if (match := re.search(r"_(\d+)\.db", file.name))}


def look(small: SmallHouse) -> None:
    for _ in range(PAGES):
        assert requests.get(f"{small.house.url}/nb/tickets", timeout=10).status_code == 200


def counted(small: SmallHouse) -> float:
    return value(read_of(small), "bestill_request_seconds_count", route="/<lang>/tickets", method="GET", status="200")


@pytest.mark.skipif(not folder.IN_MEMORY.is_dir(), reason="no folder in memory")
def test_counts_are_those_of_all_processes_also_of_one_that_was_replaced(tmp_path: Path) -> None:
    with small_house(tmp_path, METRICS_TOKEN=TOKEN, WEB_PROCESSES="2") as small:
        look(small)
        assert counted(small) == PAGES
        before = children_of(small)
        send(signal.SIGKILL, before)
        wait_until(lambda: _answers(small) and bool(children_of(small) - before), "no other process has come")
        assert counted(small) == PAGES
        look(small)
        assert counted(small) == 2 * PAGES
        wait_until(lambda: value(read_of(small), "bestill_threads") <= 8, "those that ended count as there")
        kept = next(folder.IN_MEMORY.glob(f"{folder.NAME}{small.house.process.pid}-*")) if small.house.process else None
    assert kept is not None
    assert not kept.exists()


def _answers(small: SmallHouse) -> bool:
    try:
        return requests.get(f"{small.house.url}/nb/tickets/none", timeout=10).status_code > 0
    except requests.RequestException:
        return False


def test_what_a_server_that_was_killed_left_behind_goes_at_the_next_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(folder.TOLD_BY, "")
    left, living = tmp_path / f"{folder.NAME}999999999-x", tmp_path / f"{folder.NAME}{os.getpid()}-y"
    left.mkdir()
    living.mkdir()
    folder.share(tmp_path)
    shared = folder.shared()
    assert shared is not None
    assert sorted(tmp_path.iterdir()) == sorted([living, shared])
    assert shared.stat().st_mode & 0o777 == 0o700
