"""What the product loads is in requirements.txt: a newcomer's first command installs nothing else."""

from __future__ import annotations

import ast
import re
import sys
from importlib.metadata import packages_distributions
from pathlib import Path

HOUSE = Path(__file__).parents[2]


def plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def test_the_product_imports_only_what_its_own_requirements_install() -> None:
    locked = re.findall(r"^([A-Za-z0-9_.-]+)(?:\[[^]]*\])?==", (HOUSE / "requirements.txt").read_text(), re.MULTILINE)
    installed, sources = {plain(name) for name in locked}, packages_distributions()
    missing = set()
    for path in (HOUSE / "booking").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom) and node.module and not node.level:
                names = [node.module]
            for top in (
                {name.split(".")[0] for name in names} - set(sys.stdlib_module_names) - {"booking", "_typeshed"}
            ):  # the latter for the checker alone
                if not {plain(source) for source in sources.get(top, [])} & installed:
                    missing.add(f"{path.relative_to(HOUSE)}: {top}")
    assert len(installed) > 20
    assert missing == set()
