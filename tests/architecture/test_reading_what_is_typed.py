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
    "booking/web/forms/chosen_fields.py": {"int"},  # one of the choices that the form itself gave
    "booking/web/guards/rates.py": {"int"},  # counts that a store answers
    "booking/web/staff/browser.py": {"fromisoformat"},  # sealed by us, opened by us
}


def test_only_one_module_of_the_web_reads_days_clocks_and_numbers() -> None:
    reading = {file: names for file in sources("booking/web") if file != READER and (names := _reads(file))}
    assert reading == EXCEPTIONS


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
