"""What the documents name is there: files and what is in them, tests, targets of make, the rooms in their order."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from pathlib import Path

import pytest

from booking import ROOT
from booking.running.check import _questions

DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
FOLDERS = ("booking", "templates", "static", "migrations", "tests", "benchmarks", "deploy", "docs", "findings")
# `bookings/rules.py: settle`, `tests/web`, `benchmarks/`; what a reader is to put in is in capitals or in brackets.
PATH = re.compile(r"^(?P<path>(?:\w[\w.-]*/)*\w[\w.-]*\.(?:py|js|css|html|typ|md|toml|in))(?:: ?(?P<name>\w+))?$")
FOLDER = re.compile(rf"^(?:{'|'.join(FOLDERS)})(?:/\w+)*/?$")
# A document that tells what was, not what is.
OF_THE_PAST = {"CHANGES.md"}


@cache
def files() -> dict[str, Path]:
    """Every file of ours by its path from the root."""
    ours = [
        file for folder in FOLDERS for file in (ROOT / folder).rglob("*") if file.is_file() and file.suffix != ".pyc"
    ]
    return {str(file.relative_to(ROOT)): file for file in (*ours, *ROOT.glob("*.*"))}


def named(path: str) -> list[Path]:
    """The files that a path may mean: from the root, or from any folder beneath it."""
    return [file for known, file in files().items() if known == path or known.endswith(f"/{path}")]


def quoted(document: Path) -> list[str]:
    """What stands between backticks, but for whole blocks."""
    text = re.sub(r"^```.*?^```", "", document.read_text(encoding="utf-8"), flags=re.DOTALL | re.MULTILINE)
    return re.findall(r"`([^`\n]+)`", text)


def name_of(document: Path) -> str:
    return str(document.relative_to(ROOT))


@pytest.mark.parametrize(
    "document", [document for document in DOCUMENTS if document.name not in OF_THE_PAST], ids=name_of
)
def test_documents_name_files_that_are_there_and_what_is_in_them(document: Path) -> None:
    gone = []
    for quote in quoted(document):
        if FOLDER.match(quote) and not (ROOT / quote).exists():  # `deploy/Containerfile` is a file
            gone.append(quote)
        path = PATH.match(quote)
        if path is None or any(part.isupper() for part in re.findall(r"\w+", path["path"].rpartition(".")[0])):
            continue  # a reader puts their own name there
        name = path["name"] or ""
        if not any(re.search(rf"\b{name}\b", file.read_text(encoding="utf-8")) for file in named(path["path"])):
            gone.append(quote)
    assert gone == []


@pytest.mark.parametrize(
    "document", [document for document in DOCUMENTS if document.name not in OF_THE_PAST], ids=name_of
)
def test_tests_and_targets_that_documents_name_are_there(document: Path) -> None:
    text = document.read_text(encoding="utf-8")
    tests = "".join(file.read_text(encoding="utf-8") for path, file in files().items() if path.startswith("tests/"))
    assert [test for test in re.findall(r"\btest_\w+\b(?!\.py)", text) if test not in tests] == []
    targets = re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    called = re.findall(r"(?:`|^)make ([a-z][a-z-]*)", text, re.MULTILINE)
    assert [target for target in called if target not in targets] == []


def test_the_description_of_the_layers_is_the_list_that_is_checked() -> None:
    listed = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]
    checked = [
        {name.strip(" ()").removeprefix("booking.") for name in layer.split(":")}
        for layer in listed["contracts"][0]["layers"]
    ]
    text = (ROOT / "docs/architecture.md").read_text(encoding="utf-8").partition("## Layers")[2]
    block = " ".join(text.split("```")[1].split())
    told = [{name.strip() for name in layer.split(",")} for layer in block.split("→")]
    there = {file.stem if file.suffix else file.name for file in (ROOT / "booking").iterdir()}
    assert told == [layer & there for layer in checked]


def test_every_question_of_the_check_is_explained() -> None:
    lines = (ROOT / "docs/invariants.md").read_text(encoding="utf-8").splitlines()
    cells = [[cell.strip() for cell in line.split("|")] for line in lines if line.startswith("| ")]
    told = {f"{row[1]} {row[4]}" for row in cells}
    assert [f"{name} {words}" for name, words, _query in _questions() if f"{name} {words}" not in told] == []
