"""What holds for every page: a short view, one typed value for its template, lines that can be read."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from jinja2 import Environment, nodes

from booking import ROOT
from tests.architecture.test_house_rules import sources, tree

MOST_LINES_OF_A_VIEW = 30
MOST_SIGNS_OF_A_LINE = 139
MOST_LOOSE_VALUES = 2  # given to a template beside its page

WEB = sources("booking/web")
TEMPLATES = sorted(str(path.relative_to(ROOT / "templates")) for path in (ROOT / "templates").rglob("*.html"))
PAGES = sorted(str(path.relative_to(ROOT / "templates")) for path in (ROOT / "templates").rglob("*.*"))
SUM_CELL = re.compile(r'<td class="sum".*?</td>', re.DOTALL)
JINJA = Environment()  # it parses; nothing is rendered


def test_a_function_of_the_web_fits_on_a_screen() -> None:
    long = {
        f"{file}:{node.name}"
        for file in WEB
        for node in ast.walk(tree(file))
        if isinstance(node, ast.FunctionDef) and (node.end_lineno or 0) - node.lineno >= MOST_LINES_OF_A_VIEW
    }
    assert long == set()


def test_the_lines_of_a_template_can_be_read_without_scrolling() -> None:
    long_lined = {
        template
        for template in TEMPLATES
        if any(len(line) > MOST_SIGNS_OF_A_LINE for line in source(template).splitlines())
    }
    assert long_lined == set()


def test_sums_that_stand_under_each_other_in_the_office_have_their_decimals() -> None:
    """A column of 66 € and 66,50 € is read wrong: `in_column` or `amount` in a cell of sums, not `money`."""
    uneven = {
        f"{template}: {cell.strip()}"
        for template in TEMPLATES
        if template.startswith("admin/")
        for cell in SUM_CELL.findall(source(template))
        if "|money" in cell
    }
    assert uneven == set()


def test_what_is_wrong_is_seen_by_its_sign_too_and_not_by_its_colour_alone() -> None:
    bare = {
        f"{template}: {what[:60]}"
        for template in TEMPLATES
        for what in re.findall(r'<p class="error".*', source(template).replace("\n", " ").replace("</p>", "</p>\n"))
        if 'icon("bad")' not in what
    }
    assert bare == set()


def test_a_template_is_given_one_value_that_has_a_type() -> None:
    """What it shows is a `page`; beside it stand one or two values at most, who is signed in among them."""
    loose = {
        f"{call.file}:{call.template}"
        for call in rendered()
        if sum(keyword.arg != "page" for keyword in call.node.keywords) > MOST_LOOSE_VALUES
        or any(keyword.arg is None for keyword in call.node.keywords)
    }
    assert loose == set()


# Forms that use nothing a browser keeps, at the foot of pages that set no cookie.
WITHOUT_TOKEN = ('"visitor.ask_for_news"',)


@pytest.mark.parametrize("template", TEMPLATES)
def test_every_form_that_is_posted_brings_its_token(template: str) -> None:
    """By itself or by a macro of the same file: without it the form cannot be sent."""
    text = source(template)
    macros = re.findall(r"{%-? macro (\w+)\(.*?%}(.*?){%-? endmacro", text, re.DOTALL)
    bringing = "|".join(("csrf", "csrf_token", *(name for name, body in macros if "csrf" in body)))
    forms = re.findall(r"<form\b.*?</form>", text, re.DOTALL)
    posted = [form for form in forms if 'method="post"' in form and not any(view in form for view in WITHOUT_TOKEN)]
    assert [form[:80] for form in posted if not re.search(rf"\b({bringing})\b", form)] == []


@pytest.mark.parametrize("template", TEMPLATES)
def test_what_a_template_reads_of_its_page_is_there(template: str) -> None:
    """Jinja shows nothing where a name is misspelt; here it is asked of the class that the view gives it."""
    missing = {
        f"{name}.{attribute}"
        for call in rendered()
        if call.template == template and (name := call.page_class()) is not None
        for attribute in read_of_page(template)
        if attribute not in members(name)
    }
    assert missing == set()


def test_a_page_is_a_value_whose_class_is_known() -> None:
    unknown = [
        f"{call.file}:{call.node.lineno} {call.template}"
        for call in rendered()
        if any(keyword.arg == "page" for keyword in call.node.keywords) and call.page_class() not in classes()
    ]
    assert unknown == []


def test_a_macro_that_is_given_several_things_is_told_which_is_which() -> None:
    nameless = {
        f"{template}:{call.lineno} {call.node.name}"
        for template in PAGES
        for call in parsed(template).find_all(nodes.Call)
        if isinstance(call.node, nodes.Name) and call.node.name in component_macros(template) and len(call.args) > 1
    }
    assert nameless == set()


class Rendered:
    """A call of render_template with a template's own name, and the function around it."""

    def __init__(self, file: str, template: str, node: ast.Call, around: ast.AST) -> None:
        self.file, self.template, self.node, self.around = file, template, node, around

    def page_class(self) -> str | None:
        """The class of the value that is given as `page`."""
        value = next((keyword.value for keyword in self.node.keywords if keyword.arg == "page"), None)
        if isinstance(value, ast.Name):
            value = self._bound(value.id)
        if isinstance(value, ast.Call) and isinstance(value.func, ast.Name):
            return value.func.id if value.func.id in classes() else _answer_of(self.file, value.func.id)
        return value.id if isinstance(value, ast.Name) else None

    def _bound(self, name: str) -> ast.expr | None:
        """What a name stands for in the function: the value it is given there, or a parameter's type."""
        for node in ast.walk(self.around):
            if isinstance(node, ast.arg) and node.arg == name:
                return node.annotation
            if isinstance(node, ast.Assign) and any(isinstance(t, ast.Name) and t.id == name for t in node.targets):
                return node.value
        return None


@cache
def rendered() -> list[Rendered]:
    """Every template that a view renders by its name."""
    return [
        Rendered(file, node.args[0].value, node, around)
        for file in WEB
        for around in _outermost(tree(file))
        for node in ast.walk(around)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "render_template"
        and isinstance(node.args[0], ast.Constant)
        and isinstance(node.args[0].value, str)
    ]


def _outermost(module: ast.Module) -> Iterator[ast.AST]:
    for node in module.body:
        yield from node.body if isinstance(node, ast.ClassDef) else [node]


@cache
def classes() -> dict[str, ast.ClassDef]:
    """The classes of the web; the name of each means one thing in the whole house."""
    return {
        node.name: node
        for file in sources("booking")
        for node in ast.walk(tree(file))
        if isinstance(node, ast.ClassDef)
    }


@cache
def members(name: str) -> frozenset[str]:
    """The fields, properties and methods of a class, with those of what it is made from."""
    node = classes()[name]
    own = {statement.name for statement in node.body if isinstance(statement, ast.FunctionDef)} | {
        statement.target.id
        for statement in node.body
        if isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name)
    }
    bases = [base.id for base in node.bases if isinstance(base, ast.Name) and base.id in classes()]
    return frozenset(own).union(*(members(base) for base in bases))


def _answer_of(file: str, function: str) -> str | None:
    """The name of the class that a function answers, by its annotation, here or where it is imported from."""
    for node in ast.walk(tree(file)):
        if isinstance(node, ast.FunctionDef) and node.name == function:
            return node.returns.id if isinstance(node.returns, ast.Name) else None
        if isinstance(node, ast.ImportFrom) and function in {alias.name for alias in node.names}:
            return _answer_of(f"{(node.module or '').replace('.', '/')}.py", function)
    return None


def source(template: str) -> str:
    """A template as it is written."""
    return Path(ROOT / "templates" / template).read_text(encoding="utf-8")


@cache
def parsed(template: str) -> nodes.Template:
    """The syntax of a template."""
    return JINJA.parse(source(template))


@cache
def read_of_page(template: str) -> frozenset[str]:
    """The attributes of `page` that are read by a template, by what it includes, and by the macros it takes."""
    syntax = parsed(template)
    read = set(_attributes(syntax))
    for include in syntax.find_all(nodes.Include):
        if isinstance(include.template, nodes.Const):
            read |= read_of_page(include.template.value)
    for imported in syntax.find_all(nodes.FromImport):
        if isinstance(imported.template, nodes.Const):
            names = {name if isinstance(name, str) else name[0] for name in imported.names}
            for macro in parsed(imported.template.value).find_all(nodes.Macro):
                if macro.name in names:
                    read |= set(_attributes(macro))
    return frozenset(read)


def component_macros(template: str) -> set[str]:
    """The names under which a template knows macros of the components; a component also knows its own."""
    own = {macro.name for macro in parsed(template).find_all(nodes.Macro)}
    imported = {
        name if isinstance(name, str) else name[1]
        for statement in parsed(template).find_all(nodes.FromImport)
        if isinstance(statement.template, nodes.Const) and statement.template.value.startswith("components/")
        for name in statement.names
    }
    return imported | (own if template.startswith("components/") else set())


def _attributes(syntax: nodes.Node) -> Iterator[str]:
    for node in syntax.find_all(nodes.Getattr):
        if isinstance(node.node, nodes.Name) and node.node.name == "page":
            yield node.attr
