"""The staff's list of who has entered: searched by any word of it, in the order that is wished."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from enum import StrEnum

from booking.bookings.search_words import split
from booking.contests.read import ListedEntry
from booking.contests.rules import KeptAnswer
from booking.kernel.collation import in_order
from booking.kernel.database import Texts


class EntryOrder(StrEnum):
    """How the list is sorted."""

    BOOKED = "booked"
    NAME = "name"
    BUYER = "buyer"


def searched(lines: Sequence[ListedEntry], text: str) -> list[ListedEntry]:
    """Those in which each word of the text begins a word: of names, answers, reference, or who booked."""
    wanted = split(text)
    return [line for line in lines if all(any(word.startswith(begin) for word in _words(line)) for begin in wanted)]


def sorted_lines(lines: Sequence[ListedEntry], order: EntryOrder, lang: str) -> list[ListedEntry]:
    """In the order of booking, or of names as a reader of this language sorts; those without a name last."""
    if order is EntryOrder.NAME:
        named = [line for line in lines if line.entry is not None and line.entry.name]
        rest = [line for line in lines if line not in named]
        return [*in_order(named, lang, lambda line: line.entry.name if line.entry is not None else ""), *rest]
    if order is EntryOrder.BUYER:
        return in_order(lines, lang, lambda line: line.booked_by)
    return list(lines)


def questions(lines: Sequence[ListedEntry], of_members: bool) -> dict[int, Texts]:
    """What was asked of those in the list, of each or of their members, by field: each column of a table."""
    asked_by_field: dict[int, Texts] = {}
    for line in lines:
        if line.entry is None:
            continue
        lists = [member.answers for member in line.entry.members] if of_members else [line.entry.answers]
        for answers in lists:
            for answer in answers:
                asked_by_field.setdefault(answer.field_id, answer.asked)
    return asked_by_field


def _words(line: ListedEntry) -> list[str]:
    return split(" ".join((line.reference, line.booked_by, line.email, *_of_entry(line))))


def _of_entry(line: ListedEntry) -> Iterator[str]:
    if line.entry is None:
        return
    yield line.entry.name
    yield from map(_answer_text, line.entry.answers)
    for member in line.entry.members:
        yield member.name
        yield from map(_answer_text, member.answers)


def _answer_text(answer: KeptAnswer) -> str:
    return " ".join(answer.chosen.values()) if answer.chosen else answer.answer
