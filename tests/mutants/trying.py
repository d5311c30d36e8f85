"""Faults are tried in copies of the repository as it lies there: a fault put in, its test run, the file put back."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from importlib.util import cache_from_source
from pathlib import Path
from queue import SimpleQueue
from tempfile import TemporaryDirectory

from tests.mutants import listening
from tests.mutants.fault import Fault
from tests.mutants.listening import TestEnd

ROOT = Path(__file__).parents[2]
PATIENCE = 300  # seconds for one test: a fault may make it wait for what never comes


class FaultOutcome(StrEnum):
    """What became of a fault."""

    CAUGHT = "caught"
    SURVIVED = "survived"
    NOT_ASSERTED = "not by an assertion"  # nothing can be said: the program did not get so far
    FAILS_WITHOUT = "its test fails without it"
    GONE = "its code is not there"


@dataclass(frozen=True, slots=True)
class TriedFault:
    """A fault, what became of it, and what its test raised."""

    fault: Fault
    outcome: FaultOutcome
    cause: str = ""


def try_all(faults: Sequence[Fault], jobs: int = 2) -> Iterator[TriedFault]:
    """Each fault in turn, as they get ready; tests that fail without any are said so first, all in one run."""
    with TemporaryDirectory(prefix="bestill-mutants-") as folder:
        trees: SimpleQueue[Path] = SimpleQueue()
        for number in range(jobs):
            trees.put(copy_of_the_repository(Path(folder) / str(number)))
        tree = trees.get()
        tests = sorted({fault.caught_by for fault in faults})
        # pytest runs none where it does not find one.
        ends = run_tests(tree, tests) or [end for test in tests for end in run_tests(tree, [test])]
        trees.put(tree)

        def turn(fault: Fault) -> TriedFault:
            free_tree = trees.get()
            try:
                return _try_one(fault, free_tree, _is_sound(fault.caught_by, ends))
            finally:
                trees.put(free_tree)

        with ThreadPoolExecutor(jobs) as pool:
            yield from pool.map(turn, faults)


def copy_of_the_repository(folder: Path) -> Path:
    """All that git would take, as it lies there now, and the compiled texts."""
    listed = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(listed, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split("\0")
    compiled = [str(file.relative_to(ROOT)) for file in (ROOT / "booking" / "translations").rglob("*.mo")]
    for name in (*names, *compiled):
        if name and (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, folder / name)
    return folder


def run_tests(tree: Path, tests: Sequence[str]) -> list[TestEnd]:
    """How these tests end there."""
    told = tree / ".verdicts.json"
    told.unlink(missing_ok=True)
    options = ["-q", "-n", "0", "-p", "no:cacheprovider", "-p", listening.__name__]
    environment = os.environ | {listening.VARIABLE: str(told)}
    try:
        subprocess.run(
            [sys.executable, "-m", "pytest", *options, *tests], cwd=tree, env=environment, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL, check=False, timeout=PATIENCE * max(1, len(tests) // 10),
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        return []
    return listening.read(told)


def _is_sound(test: str, ends: Sequence[TestEnd]) -> bool:
    """Whether a test, in all of its cases, passes while nothing is wrong."""
    mine = [end.passed for end in ends if end.test == test or end.test.startswith(f"{test}[")]
    return bool(mine) and all(mine)


def _try_one(fault: Fault, tree: Path, is_sound: bool) -> TriedFault:
    if not is_sound:
        return TriedFault(fault, FaultOutcome.FAILS_WITHOUT)
    try:
        with _put_in(fault, tree):
            ends = run_tests(tree, [fault.caught_by])
    except ValueError:
        return TriedFault(fault, FaultOutcome.GONE)
    failed = [end for end in ends if not end.passed]
    if any(end.asserted for end in failed):
        return TriedFault(fault, FaultOutcome.CAUGHT, failed[0].cause)
    if failed or not ends:
        return TriedFault(fault, FaultOutcome.NOT_ASSERTED, failed[0].cause if failed else "nothing was run")
    return TriedFault(fault, FaultOutcome.SURVIVED)


@contextmanager
def _put_in(fault: Fault, tree: Path) -> Iterator[None]:
    """The file with its fault. Python knows a compiled file by size and second, and must not take one for the other."""
    path = tree / fault.file
    before = path.read_bytes()
    fault.put_into(tree)
    compiled = Path(cache_from_source(str(path))) if path.suffix == ".py" else None
    try:
        if compiled:
            compiled.unlink(missing_ok=True)
        yield
    finally:
        path.write_bytes(before)
        if compiled:
            compiled.unlink(missing_ok=True)
