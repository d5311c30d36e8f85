"""How tests are dealt out to processes: by file and database, so that what is made for a file is made once on each.

xdist deals out by marks of its own, but since pytest 9.2 names its tests in another way it no longer sees them.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from zlib import crc32

from xdist.scheduler import LoadScopeScheduling  # type: ignore[import-untyped]

# Folders whose files share something dear, and so one process on each database.
SHARING = ("browser", "plans")
# Files of theirs that share it with nobody: each of their tests opens a house of its own.
APART = tuple(
    f"browser/test_{name}.py" for name in ("first_visit", "invoices", "money_keyboard", "on_booking", "setup")
)
# Those with the longest files begin first, so that what is left at the end is short.
SLOW = (
    "browser/",
    "properties/",
    "plans/",
    "capacity/test_races.py",
    "demo/",
    "web/test_staff_access.py",
    "closures/",
    "payments/",
    "capacity/",
    "web/",
    "mail/",
    "running/",
    "reports/",
    "wishes/",
    "courses/",
)

# What is tried through pages: services and statements are tried on both databases, in folders of their own.
PAGES = ("tests/web/", "tests/browser/")
DATABASE = re.compile(r"\b(sqlite|postgresql)\b")


class Dealer(LoadScopeScheduling):  # type: ignore[misc]  # xdist has no types
    """Gives the next group to the process that has nearly done with its own."""

    def _split_scope(self, nodeid: str) -> str:
        return group_of(nodeid)


def group_of(nodeid: str) -> str:
    """What a test is dealt out with: the same file, or folder, on the same database."""
    file, _, test = nodeid.removeprefix("tests/").partition("::")
    folder = file.split("/")[0]
    database = re.search(r"\[.*\b(sqlite|postgresql)\b", test)
    shares = folder in SHARING and file not in APART
    return f"{folder if shares else file} {database[1] if database else 'sqlite'}"


def turn_of(nodeid: str) -> int:
    """A file that is slow by itself begins before the rest of its folder."""
    path = nodeid.removeprefix("tests/")
    return next((turn for turn, name in enumerate(SLOW) if path.startswith(name)), len(SLOW))


def tried_elsewhere(nodeids: Collection[str]) -> set[str]:
    """Tests of a page that the same run tries on the other database: each is on one of the two, by its name."""
    pairs: dict[str, dict[str, str]] = {}
    for nodeid in nodeids:
        database = DATABASE.search(nodeid.partition("[")[2])
        if database and nodeid.startswith(PAGES):
            pairs.setdefault(nodeid.replace(database[1], "", 1), {})[database[1]] = nodeid
    both = {name: on for name, on in pairs.items() if len(on) == 2}
    return {on[("sqlite", "postgresql")[crc32(name.encode()) % 2]] for name, on in both.items()}
