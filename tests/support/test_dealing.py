"""Tests that share what is dear to make are run by the same process."""

from __future__ import annotations

from pathlib import Path

from tests.support.dealing import APART, group_of, tried_elsewhere, turn_of

LOADED = "tests/demo/test_load.py::test_no_invariant_is_broken"


def test_a_file_is_dealt_out_whole_once_for_each_database() -> None:
    assert group_of(f"{LOADED}[sqlite-vizium]") == group_of(f"{LOADED}[sqlite-vilvite]")
    assert group_of(f"{LOADED}[sqlite-vizium]") != group_of(f"{LOADED}[postgresql-vizium]")
    assert group_of("tests/test_cli.py::test_a[x::y@z]") == group_of("tests/test_cli.py::test_b")


def test_the_browsers_have_one_house_on_each_database() -> None:
    paths = ("tests/browser/test_buy.py::test_a[{}-nb]", "tests/browser/test_desk.py::test_b[{}]")
    assert len({group_of(path.format("postgresql")) for path in paths}) == 1
    assert len({group_of(path.format(kind)) for path in paths for kind in ("sqlite", "postgresql")}) == 2


def test_who_opens_a_house_of_their_own_is_dealt_out_apart() -> None:
    own = [group_of(f"tests/{file}::test_a") for file in APART]
    assert len(set(own)) == len(own)
    assert group_of("tests/browser/test_buy.py::test_a") not in own
    assert [file for file in APART if "shut_house(" not in (here := read(file)) and "open_house(" not in here] == []


def read(file: str) -> str:
    """The file of tests."""
    return (Path(__file__).parents[1] / file).read_text(encoding="utf-8")


def test_long_files_begin_first() -> None:
    paths = ["tests/centre/test_opening.py", "tests/capacity/test_heads.py", "tests/capacity/test_races.py"]
    assert sorted(paths, key=turn_of) == paths[::-1]


def test_a_test_of_a_page_is_on_one_database_and_always_on_the_same() -> None:
    pages = [f"tests/web/test_desk.py::test_{name}[{{}}]" for name in "abcdefgh"]
    both = [page.format(kind) for page in pages for kind in ("sqlite", "postgresql")]
    left_out = tried_elsewhere(both)
    assert left_out == tried_elsewhere(both[::-1])
    assert sorted(path.partition("[")[0] for path in left_out) == sorted(path.partition("[")[0] for path in pages)
    assert {path.partition("[")[2] for path in left_out} == {"sqlite]", "postgresql]"}  # some of each


def test_a_page_that_asks_for_one_database_and_what_is_no_page_are_left_as_they_are() -> None:
    alone = ["tests/web/test_desk.py::test_a[sqlite]", "tests/web/test_desk.py::test_b"]
    services = [f"tests/bookings/test_hold.py::test_c[{kind}]" for kind in ("sqlite", "postgresql")]
    assert tried_elsewhere(alone + services) == set()
