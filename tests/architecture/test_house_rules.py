"""The rules of the house that no linter knows, read from the source itself."""

from __future__ import annotations

import ast
from collections import Counter, defaultdict
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from booking import ROOT
from booking.kernel.schema import newest

MOST_LINES = 400
MOST_MODULES = 20  # in one folder: as many as one can have in mind
OF_THE_REQUEST = frozenset({"request", "session", "g", "current_app"})
# What belongs to the web or starts the application; everything else in booking/ is below it.
ABOVE = ("booking/web/", "booking/cli.py", "booking/serve.py", "booking/__init__.py")
# Below the web and yet with an app in hand, each for a reason that would not go away by moving the line.
EXCEPTIONS = {
    # Flask-Mail's connection is made with the app's own mail state, which the extension keeps on current_app.
    "booking/mail/connection.py": {"current_app"},
}
CLOCK = "booking/kernel/clock.py"
DATABASE = "booking/kernel/database.py"
DATABASE_PACKAGES = {"sqlalchemy", "flask_sqlalchemy"}
RUNS_STATEMENTS = {"booking.kernel.database", "booking.kernel.database.db", "booking.kernel.database.run"}
ASKS_THE_TIME = {
    ("datetime", "now"),
    ("datetime", "utcnow"),
    ("datetime", "today"),
    ("date", "today"),
    ("time", "time"),
    ("time", "time_ns"),
    ("time", "localtime"),
    ("time", "gmtime"),
    ("func", "now"),
    ("func", "current_timestamp"),
}
COMMITS = {"commit", "begin", "begin_nested"}


def sources(*folders: str) -> list[str]:
    """Our own Python files, as paths from the root."""
    return sorted(
        str(file.relative_to(ROOT))
        for folder in folders
        for file in (ROOT / folder).rglob("*.py")
        if "__pycache__" not in file.parts
    )


BOOKING = sources("booking")
ALL = sorted([*BOOKING, *sources("tests", "benchmarks", "migrations"), "app.py"])


@cache
def tree(file: str) -> ast.Module:
    """The parsed source of a file."""
    return ast.parse((ROOT / file).read_text(encoding="utf-8"), file)


def calls(file: str) -> Iterator[tuple[str, str, int]]:
    """Every call of the form name.attribute(…) or x.name.attribute(…): (name, attribute, line)."""
    for node in ast.walk(tree(file)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            owner = node.func.value
            name = owner.attr if isinstance(owner, ast.Attribute) else owner.id if isinstance(owner, ast.Name) else ""
            yield name, node.func.attr, node.lineno


def flask_names(file: str) -> set[str]:
    """What a file takes of Flask that belongs to a request or to the app in hand."""
    taken: set[str] = set()
    for node in ast.walk(tree(file)):
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "flask":
            taken |= {alias.name for alias in node.names} & OF_THE_REQUEST
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "flask":
            taken |= {node.attr} & OF_THE_REQUEST
    return taken


def test_nothing_below_the_web_knows_the_request() -> None:
    knowing = {file: names for file in BOOKING if not file.startswith(ABOVE) and (names := flask_names(file))}
    assert knowing == EXCEPTIONS


def test_only_the_clock_asks_what_time_it_is() -> None:
    asking = [
        f"{file}:{line} {name}.{attribute}"
        for file in BOOKING
        if file != CLOCK
        for name, attribute, line in calls(file)
        if (name, attribute) in ASKS_THE_TIME
    ]
    assert asking == []


def test_only_the_unit_of_work_commits() -> None:
    committing = [
        f"{file}:{line} {name}.{attribute}"
        for file in BOOKING
        if file != DATABASE
        for name, attribute, line in calls(file)
        if attribute in COMMITS and name in ("session", "engine", "connection", "db", "")
    ]
    assert committing == []


def test_nothing_slow_is_done_while_a_unit_of_work_is_open() -> None:
    """No rendering, no provider and no sending between the lines of a `with unit_of_work()`."""
    slow = {"render_template", "sleep", "look", "open_session", "close", "send", "fulfil", "sweep"}
    slow_lines = []
    for file in BOOKING:
        for node in ast.walk(tree(file)):
            if not isinstance(node, ast.With) or not any(_is_unit(item) for item in node.items):
                continue
            for inner in (inner for statement in node.body for inner in ast.walk(statement)):
                if isinstance(inner, ast.Call):
                    verb = inner.func
                    name = (
                        verb.attr if isinstance(verb, ast.Attribute) else verb.id if isinstance(verb, ast.Name) else ""
                    )
                    if name in slow:
                        slow_lines.append(f"{file}:{inner.lineno} {name}")
    assert slow_lines == []


def _is_unit(item: ast.withitem) -> bool:
    call = item.context_expr
    return isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == "unit_of_work"


def test_every_module_says_what_it_is_for() -> None:
    speaking = [file for file in ALL if not file.endswith("__init__.py") or file in BOOKING]
    assert [file for file in speaking if not ast.get_docstring(tree(file))] == []


def test_no_module_says_twice_what_it_gives_to_others() -> None:
    def told(file: str) -> int:
        targets = [target for node in tree(file).body if isinstance(node, ast.Assign) for target in node.targets]
        return sum(isinstance(target, ast.Name) and target.id == "__all__" for target in targets)

    assert [file for file in ALL if told(file) > 1] == []


def test_no_file_is_too_long_to_read_at_one_sitting() -> None:
    lengths = {file: len((ROOT / file).read_text(encoding="utf-8").splitlines()) for file in ALL}
    # A migration is a record, written once; how long it is follows from how many tables it makes.
    long = {file: n for file, n in lengths.items() if n > MOST_LINES and not file.startswith("migrations/versions/")}
    assert long == {}


def test_no_folder_holds_more_than_one_can_have_in_mind() -> None:
    modules = Counter(str(Path(file).parent) for file in BOOKING if not file.endswith("__init__.py"))
    assert {folder: n for folder, n in modules.items() if n > MOST_MODULES} == {}


def test_the_name_of_a_class_means_one_thing_in_the_whole_house() -> None:
    """Whoever reads it in a trace or looks for it finds one."""
    places: dict[str, list[str]] = defaultdict(list)
    for file in BOOKING:
        for node in ast.walk(tree(file)):
            if isinstance(node, ast.ClassDef):
                places[node.name].append(f"{file}:{node.lineno}")
    assert {name: where for name, where in places.items() if len(where) > 1} == {}


def test_migrations_stand_in_one_line_behind_each_other() -> None:
    versions = ROOT / "migrations" / "versions"
    newest(versions)  # fails where two come after the same
    for file in versions.glob("[0-9]*.py"):
        assert f'\nrevision = "{file.name[:4]}"\n' in file.read_text()
    assert len({file.name[:4] for file in versions.glob("[0-9]*.py")}) == len(list(versions.glob("[0-9]*.py")))


def test_money_is_never_a_float() -> None:
    """No float in the rooms where sums are made; percentages and rates are whole numbers too."""
    rooms = (
        "booking/bookings/",
        "booking/payments/",
        "booking/catalogue/",
        "booking/kernel/money.py",
        "booking/agreements/prices.py",
        "booking/agreements/deadlines.py",
        "booking/agreements/terms.py",
        "booking/agreements/serving.py",
    )
    floats = [
        f"{file}:{node.lineno}"
        for file in BOOKING
        if file.startswith(rooms)
        for node in ast.walk(tree(file))
        if (isinstance(node, ast.Constant) and isinstance(node.value, float))
        or (isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div))
    ]
    assert floats == []


def test_templates_never_touch_the_database() -> None:
    words = ("db.session", "execute(", "scalars(", "select(")
    touching = [
        f"{file.relative_to(ROOT)}: {word}"
        for file in Path(ROOT / "templates").rglob("*.*")
        for word in words
        if word in file.read_text(encoding="utf-8")
    ]
    assert touching == []


def test_pages_ask_the_rooms_and_never_the_database() -> None:
    """What a page wants to know is a function of the room that knows it; how it is found is that room's affair."""
    asking = [f"{file}: {name}" for file in sources("booking/web") for name in sorted(_ways_to_the_database(file))]
    assert asking == []


def _ways_to_the_database(file: str) -> set[str]:
    """By what a file could run a statement of its own."""
    ways: set[str] = set()
    for node in ast.walk(tree(file)):
        if isinstance(node, ast.Import):
            ways |= {alias.name for alias in node.names if alias.name.split(".")[0] in DATABASE_PACKAGES}
        elif isinstance(node, ast.ImportFrom):
            module = node.module or ""
            names = {f"{module}.{alias.name}" for alias in node.names}
            ways |= names if module.split(".")[0] in DATABASE_PACKAGES else names & RUNS_STATEMENTS
    return ways


def test_forms_read_what_browsers_send_and_nothing_else() -> None:
    own = "booking/web/forms/checked.py"  # PageForm says why
    bases = {
        (file, node.name)
        for file in BOOKING
        for node in ast.walk(tree(file))
        if isinstance(node, ast.ClassDef)
        for base in node.bases
        if isinstance(base, ast.Name) and base.id == "FlaskForm"
    }
    assert bases == {(own, "PageForm")}
