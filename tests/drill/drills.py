"""The drills, each in a house of its own: sell, let something fail, act as operators do, and wait for the next sale."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from tests.chaos.house import House, a_house
from tests.chaos.ledger import Ledger, Standing
from tests.chaos.stores import LASTING, Server
from tests.chaos.verdict import judge
from tests.drill.archive import an_archived
from tests.drill.crowd import SOLD_AFTER, SOLD_BEFORE, Crowd, a_crowd
from tests.drill.outcome import Outcome, Skipped
from tests.drill.pair import Pair, a_pair
from tests.outages.cluster import cluster
from tests.outages.waiting import wait_until
from tests.support.house import free_port
from tests.support.machines import ROOT

DISK = 220  # megabytes: an empty cluster, its log of writing, and little more
FULL_FOR = 8  # seconds that nobody makes room
LEFT_LOST = 3  # seconds until somebody notices that a machine is gone
REDIS = [sys.executable, "-m", "tests.outages.redis_double"]


Act = Callable[[], None]


def _practise(house: House, fail: Act, act: Act, afterwards: Act = lambda: None) -> Outcome:
    """Sell, fail, act; from the failure on the seconds count."""
    with a_crowd(house) as crowd:
        crowd.wait_for(SOLD_BEFORE, 0)
        moment = time.monotonic()
        fail()
        act()
        recovered = _sells_again(crowd, moment)
    afterwards()
    return Outcome(recovered, len(crowd.sales), [*crowd.broken, *judge(house, crowd.ledger)])


def _sells_again(crowd: Crowd, moment: float) -> float:
    first = crowd.wait_for(1, moment)
    crowd.wait_for(SOLD_AFTER, first)
    return first - moment


def server_killed(folder: Path) -> Outcome:
    """One of two machines loses power, and is started again."""
    with cluster(*LASTING) as server, a_house(folder, Server(server)) as house:
        web = house.webs[0]
        return _practise(house, web.kill, lambda: web.start(), web.machine.wait_until_ready)


def every_server_killed(folder: Path) -> Outcome:
    """All that answers and the worker are killed at once, and started again."""

    def fail(house: House) -> None:
        for process in house.kept:
            process.kill()

    with cluster(*LASTING) as server, a_house(folder, Server(server)) as house:
        return _practise(house, lambda: fail(house), house.begin)


def primary_killed(folder: Path) -> Outcome:
    """The primary's machine dies; the standby is promoted."""
    with a_pair() as pair, a_house(folder, pair) as house:
        return _practise(house, pair.primary.kill, pair.promote)


def primary_frozen(folder: Path) -> Outcome:
    """The primary stands still and refuses nothing; the standby is promoted, and the old one is fenced off at last."""
    with a_pair() as pair, a_house(folder, pair) as house:
        return _practise(house, pair.primary.freeze, pair.promote, pair.primary.kill)


def standby_lost(folder: Path) -> Outcome:
    """The standby's machine dies, so that nothing counts as committed; the primary is told to go alone."""

    def act(pair: Pair) -> None:
        time.sleep(LEFT_LOST)
        pair.go_alone()

    with a_pair() as pair, a_house(folder, pair) as house:
        return _practise(house, pair.standby.kill, lambda: act(pair))


def disk_full(folder: Path) -> Outcome:
    """The database's disk fills up; after a while somebody makes room, and starts it again where it has ended.

    The seconds count from when there is room.
    """
    with _a_small_disk() as disk, cluster(*LASTING) as server, a_house(folder, Server(server)) as house:
        with a_crowd(house) as crowd:
            crowd.wait_for(SOLD_BEFORE, 0)
            filler = disk / "filler"
            with filler.open("wb", buffering=0) as file, suppress(OSError):
                while True:
                    file.write(bytes(65536))
            time.sleep(FULL_FOR)
            filler.unlink()
            moment = time.monotonic()
            assert server.process is not None
            if server.process.poll() is not None:
                server.start()
            recovered = _sells_again(crowd, moment)
        return Outcome(recovered, len(crowd.sales), [*crowd.broken, *judge(house, crowd.ledger)])


def redis_gone(folder: Path) -> Outcome:
    """What machines count together by is gone, with limits on."""
    port = free_port()
    redis = subprocess.Popen([*REDIS, str(port)], cwd=ROOT)
    limits = {"REDIS_URL": f"redis://127.0.0.1:{port}/0", "RATE_LIMITS": "on"}
    try:
        with cluster(*LASTING) as server, a_house(folder, Server(server), **limits) as house:
            return _practise(house, redis.kill, lambda: None)
    finally:
        redis.kill()
        redis.wait()


def copy_put_back(folder: Path) -> Outcome:
    """Last night's copy takes the database's place; what was sold since is the provider's alone."""
    with cluster(*LASTING) as server, a_house(folder, Server(server)) as house:
        ledger = Ledger()
        with a_crowd(house, ledger) as crowd:
            crowd.wait_for(SOLD_BEFORE, 0)
        sold = len(crowd.sales)
        copy = folder / "last-night.dump"
        _flask(house, "backup", str(copy))
        with a_crowd(house) as lost:
            lost.wait_for(SOLD_BEFORE, 0)
        moment = time.monotonic()
        for process in house.kept:
            process.end()
        _flask(house, "restore", str(copy))
        house.begin()
        with a_crowd(house, ledger) as crowd:
            recovered = _sells_again(crowd, moment)
        faults = [*crowd.broken, *judge(house, ledger)]
        return Outcome(recovered, sold + len(crowd.sales), [fault for fault in faults if not _is_lost(fault, lost)])


def moment_put_back(folder: Path) -> Outcome:
    """Somebody empties a table; the second before comes back from the archive, and what was sold after it is lost."""
    with an_archived() as store, a_house(folder, store) as house:
        ledger = Ledger()
        with a_crowd(house, ledger) as crowd:
            crowd.wait_for(SOLD_BEFORE, 0)
        sure = [bought for bought in ledger.bought if bought.standing is Standing.CONFIRMED]
        wait_until(lambda: all(house.post.subjects(bought.email) for bought in sure), "letters are late")
        sold, before = len(crowd.sales), store.now()
        with a_crowd(house) as lost:
            lost.wait_for(SOLD_BEFORE, 0)
        store.server.ask("DELETE FROM ticket")
        moment = time.monotonic()
        for process in house.kept:
            process.end()
        store.lock_up()
        store.put_back(before)
        for words in (("db", "current"), ("check",), ("privacy", "purge")):
            _flask(house, *words)
        store.copy.ask("ANALYZE")
        house.begin()
        with a_crowd(house, ledger) as crowd:
            recovered = _sells_again(crowd, moment)
        faults = [*crowd.broken, *judge(house, ledger)]
        return Outcome(recovered, sold + len(crowd.sales), [fault for fault in faults if not _is_lost(fault, lost)])


def _is_lost(fault: str, lost: Crowd) -> bool:
    """A payment that the copy knows nothing of, and that only those made who came after the copy."""
    return any(fault.startswith(f"{session}: taken by the provider") for session in lost.ledger.paid)


def _flask(house: House, *words: str) -> None:
    machine = house.worker.machine
    done = subprocess.run(
        [sys.executable, "-m", "flask", "--app", "app", *words], cwd=ROOT, capture_output=True, text=True,
        env=os.environ | {"INSTANCE_DIR": str(machine.folder)} | machine.environment, timeout=300, check=False,
    )  # fmt: skip
    assert done.returncode == 0, f"{words[0]}: {done.stdout}{done.stderr}"


@contextmanager
def _a_small_disk() -> Iterator[Path]:
    """What temporary folders are made on meanwhile. Raises Skipped where none may be mounted."""
    disk = Path(tempfile.mkdtemp(prefix="bestill-disk-"))
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={DISK}m,mode=1777", "none", str(disk)], capture_output=True, check=False
    )
    if mounted.returncode != 0:
        disk.rmdir()
        raise Skipped("no small disk may be mounted here (it takes root)")
    before, tempfile.tempdir = tempfile.tempdir, str(disk)
    try:
        yield disk
    finally:
        tempfile.tempdir = before
        subprocess.run(["umount", "--lazy", str(disk)], check=False)
        disk.rmdir()
