"""The list of faults does not rot, and who tries them tells a fault that is caught from one that is not."""

from __future__ import annotations

import ast
from collections import Counter

import pytest

from tests.mutants.fault import Fault
from tests.mutants.faults import FAULTS
from tests.mutants.trying import ROOT, FaultOutcome, try_all

HALF = "tests/kernel/test_money.py::test_half_of_an_odd_sum_is_rounded_up"
MONEY = "booking/kernel/money.py"
ROUNDING = "return (minor * percent * 2 + 100) // 200"
LEAST = 40
WITHOUT_RULES = frozenset({"demo"})  # what it makes up is nobody's


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_the_code_of_each_fault_stands_once_and_its_test_is_there(fault: Fault) -> None:
    text = (ROOT / fault.file).read_text(encoding="utf-8")
    assert text.count(fault.code) == 1
    assert fault.code != fault.becomes
    if fault.file.endswith(".py"):
        ast.parse(text.replace(fault.code, fault.becomes))  # what is no program at all is no fault
    file, _, name = fault.caught_by.partition("::")
    nodes = ast.walk(ast.parse((ROOT / file).read_text(encoding="utf-8")))
    functions = {node.name for node in nodes if isinstance(node, ast.FunctionDef)}
    assert name.partition("[")[0] in functions


def test_each_fault_has_a_name_of_its_own() -> None:
    assert [name for name, times in Counter(fault.name for fault in FAULTS).items() if times > 1] == []
    assert len(FAULTS) >= LEAST


def test_every_room_has_a_fault() -> None:
    rooms = {path.parent.name for path in (ROOT / "booking").glob("*/__init__.py")}
    assert rooms - {fault.room for fault in FAULTS} == WITHOUT_RULES


def a_fault(becomes: str, caught_by: str = HALF) -> Fault:
    return Fault("rounding", "half a cent is lost", MONEY, ROUNDING, becomes, caught_by)


def test_a_fault_is_caught_survives_or_tells_nothing() -> None:
    faults = [
        a_fault("return minor * percent // 100"),
        a_fault("return (minor * percent * 2 + 100) // 200  # the same"),
        a_fault("return no_such_name"),
        a_fault("return minor * percent // 100", "tests/mutants/test_mutants.py::test_that_nobody_has_written"),
    ]
    assert [tried.outcome for tried in try_all(faults, jobs=1)] == [
        FaultOutcome.CAUGHT, FaultOutcome.SURVIVED, FaultOutcome.NOT_ASSERTED, FaultOutcome.FAILS_WITHOUT,
    ]  # fmt: skip
