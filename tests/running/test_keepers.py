"""Every kind of promise that the house makes has one keeper."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest

import booking
from booking.courses.models import ParticipantTold
from booking.mail.keepers import IN_BULK, WAITED_FOR
from booking.mail.messages import WRITERS
from booking.mail.promised import PromisedOfBooking, PromisedToAddress, PromisedWithMoney
from booking.outbox.keepers import UnreadablePromise, read
from booking.running.keepers import KEEPERS, KEEPS

ROOT = Path(booking.__file__).parent
# Promises whose kind is worked out where they are made: what it may come to.
WORKED_OUT = {
    "courses/people.py": {f"mail.course_{told.value}" for told in (ParticipantTold.PLACE, ParticipantTold.OFF)},
    "mail/visit_reminders.py": set(),  # as its DueLetter says
    "mail/resend.py": set(),  # as it was promised first
}
MAKES = {"promise", "DueLetter"}


def promised() -> Iterator[tuple[str, str | None]]:
    """Where in the source something is promised, and its kind if it is written there or a constant."""
    for path in sorted(ROOT.rglob("*.py")):
        file = path.relative_to(ROOT)
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", getattr(node.func, "attr", "")) in MAKES:
                yield str(file), kind_of(node.args[0], ".".join(("booking", *file.with_suffix("").parts)))


def kind_of(argument: ast.expr, module: str) -> str | None:
    """The kind itself, or what the constant is that names it in this module."""
    if isinstance(argument, ast.Constant):
        return str(argument.value)
    if isinstance(argument, ast.Name) and argument.id.isupper():
        return str(getattr(import_module(module), argument.id))
    return None


def test_every_kind_that_is_promised_anywhere_has_a_keeper() -> None:
    kinds = {kind for _, kind in promised() if kind is not None}
    assert len(kinds) > 20
    assert sorted(kinds.union(*WORKED_OUT.values()) - set(KEEPS)) == []


def test_where_a_kind_is_worked_out_is_known() -> None:
    assert {file for file, kind in promised() if kind is None} == set(WORKED_OUT)


def test_no_kind_has_two_keepers() -> None:
    assert [kind for kind, times in Counter(keeper.kind for keeper in KEEPERS).items() if times > 1] == []


def test_a_promise_is_read_by_the_names_of_its_facts_and_what_else_stands_there_does_not_matter() -> None:
    about = {"email": "kari@example.org", "lang": "nb", "again": 7}
    assert read(PromisedToAddress, about) == PromisedToAddress("kari@example.org", "nb")
    assert read(PromisedWithMoney, {"booking_id": 7, "refund": 100}) == PromisedWithMoney(7, refund=100)


def test_a_promise_that_cannot_be_read_says_what_is_wrong_with_it_and_nobodys_address() -> None:
    with pytest.raises(UnreadablePromise, match=r"^PromisedToAddress: email is missing$"):
        read(PromisedToAddress, {"lang": "nb"})
    with pytest.raises(UnreadablePromise, match=r"^PromisedOfBooking: booking_id is str, not int$"):
        read(PromisedOfBooking, {"booking_id": "kari@example.org"})


def test_letters_that_are_ranked_are_letters_that_there_are() -> None:
    assert sorted((WAITED_FOR | IN_BULK) - set(WRITERS)) == []
    assert set() == WAITED_FOR & IN_BULK
