"""A local name says what it holds: slot, line, visit; never just that there is one of them, or that it was found."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator

import pytest
from jinja2 import Environment, nodes

from booking import ROOT
from tests.architecture.test_house_rules import ALL, tree

VAGUE = frozenset({"one", "found", "said", "some", "asked"})


def bound(module: ast.Module) -> Iterator[str]:
    """Every name that is bound: variables, parameters, loops and captures. Columns and fields of classes are none."""
    of_classes = {
        target
        for node in ast.walk(module)
        if isinstance(node, ast.ClassDef)
        for statement in node.body
        if isinstance(statement, ast.AnnAssign | ast.Assign)
        for target in ([statement.target] if isinstance(statement, ast.AnnAssign) else statement.targets)
    }
    for node in ast.walk(module):
        match node:
            case ast.Name(id=name, ctx=ast.Store()) if node not in of_classes:
                yield name
            case ast.arg(arg=name):
                yield name
            case ast.ExceptHandler(name=str(name)) | ast.MatchAs(name=str(name)) | ast.MatchStar(name=str(name)):
                yield name


@pytest.mark.parametrize("file", ALL)
def test_local_names_say_what_they_hold(file: str) -> None:
    vague = Counter(name for name in bound(tree(file)) if name in VAGUE)
    assert not vague, f"{file}: name what these hold: {dict(vague)}"


def test_the_guard_sees_every_kind_of_local_name() -> None:
    source = """
class Answer:
    said: str = ""
    def ask(self, asked): return [one for one in asked]
try: found = (some := 1)
except ValueError as said: pass
match found:
    case [one, *some]: lambda found: found
"""
    names = Counter(name for name in bound(ast.parse(source)) if name in VAGUE)
    assert names == {"asked": 1, "one": 2, "found": 2, "some": 2, "said": 1}


TEMPLATES = ROOT / "templates"
PAGES = [str(file.relative_to(TEMPLATES)) for file in sorted(TEMPLATES.rglob("*.*"))]
JINJA = Environment(extensions=["jinja2.ext.do", "jinja2.ext.i18n"])


def bound_in_page(source: str) -> Iterator[str]:
    """Every name that a template binds: loops, parameters of macros, what is set. Names of macros are none."""
    for node in JINJA.parse(source).find_all(nodes.Name):
        if node.ctx in ("store", "param"):
            yield node.name


@pytest.mark.parametrize("page", PAGES)
def test_local_names_of_pages_say_what_they_hold(page: str) -> None:
    vague = Counter(name for name in bound_in_page((TEMPLATES / page).read_text()) if name in VAGUE)
    assert not vague, f"{page}: name what these hold: {dict(vague)}"


def test_the_guard_sees_every_kind_of_name_in_a_page() -> None:
    source = """
{% macro said(some) %}{% set found = some %}{% endmacro %}
{% for one, line in lines %}{% with asked = one %}{{ asked.said }}{% endwith %}{% endfor %}
"""
    assert Counter(bound_in_page(source)) == {"some": 1, "found": 1, "one": 1, "line": 1, "asked": 1}
