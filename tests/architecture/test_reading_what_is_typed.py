"""What people type and what addresses say is read in one place, so that it means the same on every page."""

from __future__ import annotations

import ast

from tests.architecture.test_house_rules import sources, tree

READER = "booking/web/typed.py"
READS_TEXT = {"fromisoformat", "strptime", "isdigit", "isdecimal", "isnumeric", "fullmatch"}
A_NUMBER_ALREADY = {"total_seconds", "timestamp"}
# Not typed by anybody, each for its own reason.
EXCEPTIONS = {
    "booking/web/admin/set_up/importing.py": {"fromisoformat"},  # the import has read it: a value of ours
    "booking/web/admin/work.py": {"fromisoformat"},  # what undoing wrote down itself
    "booking/web/forms/row_lists.py": {"int"},  # the number of a weekday that our own form shows
    "booking/web/guards/rates.py": {"int"},  # counts that a store answers
    "booking/web/staff/browser.py": {"fromisoformat"},  # sealed by us, opened by us
}
NOT_YET = {
    "booking/web/desk/party.py", "booking/web/desk/scan.py", "booking/web/guards/slow_bodies.py",
    "booking/web/staff/log.py", "booking/web/teacher/dates.py", "booking/web/teacher/outreach/form.py",
    "booking/web/teacher/paying.py", "booking/web/teacher/rebook.py", "booking/web/teacher/visit.py",
    "booking/web/teacher/wishes.py", "booking/web/visitor/change.py", "booking/web/visitor/tickets.py",
}  # fmt: skip


def test_only_one_module_of_the_web_reads_days_clocks_and_numbers() -> None:
    reading = {file: names for file in sources("booking/web") if file != READER and (names := _reads(file))}
    assert {file: names for file, names in reading.items() if file not in NOT_YET} == EXCEPTIONS
    assert set(reading) >= NOT_YET


def _reads(file: str) -> set[str]:
    """How a file takes text apart: patterns of its own, or Python's readers."""
    ways: set[str] = set()
    for node in ast.walk(tree(file)):
        if isinstance(node, ast.Import) and any(alias.name == "re" for alias in node.names):
            ways.add("re")
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            ways |= {node.func.attr} & READS_TEXT
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("int", "float"):
            ways |= set() if _measures_time(node) else {"int"}
    return ways


def _measures_time(call: ast.Call) -> bool:
    """Whether it rounds seconds, which are a number already."""
    return any(isinstance(node, ast.Attribute) and node.attr in A_NUMBER_ALREADY for node in ast.walk(call))
