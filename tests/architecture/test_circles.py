"""No module waits for another that waits for it: packages included, whose `__init__` counts as a module."""

from __future__ import annotations

import ast
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

HOUSE = Path(__file__).parents[2]


def name_of(path: Path) -> str:
    parts = path.relative_to(HOUSE).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imports_of(path: Path, modules: set[str]) -> set[str]:
    """The modules of the house that are loaded as this one is: what functions import later is left out."""
    imported: set[str] = set()
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.Import):
            imported |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            parts = {f"{node.module}.{alias.name}" for alias in node.names}
            imported |= (parts & modules) or {node.module}
    return imported & modules


def test_a_drawing_of_the_imports_has_no_circle() -> None:
    paths = {name_of(path): path for path in (HOUSE / "booking").rglob("*.py")}
    graph = {name: imports_of(path, set(paths)) for name, path in paths.items()}
    try:
        order = list(TopologicalSorter(graph).static_order())
    except CycleError as error:
        raise AssertionError(f"a circle: {' → '.join(error.args[1])}") from error
    assert len(order) == len(graph) > 500
