"""A plugin of pytest in the process that tries a fault: how each test ended, and of what it failed.

`python -m pytest -p tests.mutants.listening`, with the file to write in the environment.
"""

from __future__ import annotations

import json
import os
from collections.abc import Generator
from dataclasses import asdict, dataclass
from pathlib import Path

import pytest
from _pytest.outcomes import Failed
from sqlalchemy.exc import IntegrityError

from booking.kernel.refusals import Refusal

DEMANDS = (AssertionError, Failed, Refusal, IntegrityError)
VARIABLE = "MUTANTS_VERDICTS"


@dataclass(frozen=True, slots=True)
class TestEnd:
    """One test. `asserted`: it failed in its own body, of what it demands; `cause` is the type that was raised.

    What our own code or the database refuses is such a demand too; a program that is none demands nothing.
    """

    __test__ = False

    test: str
    passed: bool
    asserted: bool = False
    cause: str = ""


_ends: list[TestEnd] = []


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """pytest's hook, once for the beginning, the body and the end of a test."""
    report = yield
    if call.excinfo is not None and report.failed:
        asserted = call.when == "call" and issubclass(call.excinfo.type, DEMANDS)
        _ends.append(TestEnd(item.nodeid, passed=False, asserted=asserted, cause=call.excinfo.type.__name__))
    elif call.when == "call" and report.passed:
        _ends.append(TestEnd(item.nodeid, passed=True))
    return report


def pytest_sessionfinish() -> None:
    """pytest's hook: all are told at the end."""
    if file := os.environ.get(VARIABLE):
        Path(file).write_text(json.dumps([asdict(end) for end in _ends]))


def read(file: Path) -> list[TestEnd]:
    """What such a process has told; nothing where it broke off."""
    return [TestEnd(**end) for end in json.loads(file.read_text())] if file.exists() else []
