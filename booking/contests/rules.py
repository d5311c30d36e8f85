"""Pure decisions about entries: what a contest asks, and what is wrong with what somebody has written. Values alone."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from hashlib import sha256
from typing import Any

from booking.bookings.search_words import fold_letters
from booking.contests.models import LONGEST_KEY, LONGEST_NAME, AnswerKind, AskedOf, Contestants
from booking.kernel.database import Texts
from booking.kernel.typed import holds_an_address

LONGEST_LINE, LONGEST_TEXT = 200, 1000
LARGEST = 999_999_999
YES = "yes"
Answer = str | int | bool | None  # None: nothing was written


def is_blank(answer: Answer) -> bool:
    """Whether nothing was written; nought is something."""
    return answer is None or answer is False or answer == ""


def parts_of(choices: str) -> list[str]:
    """What may be chosen, of the words with semicolons between; nothing between two is no choice."""
    return [part.strip() for part in choices.split(";") if part.strip()]


class EntryFault(StrEnum):
    """What is wrong with a part of an entry."""

    MISSING = "missing"
    NEEDS_YES = "needs_yes"
    TOO_LONG = "too_long"
    ADDRESS = "address"
    RANGE = "range"
    NOT_OFFERED = "not_offered"
    TOO_FEW = "too_few"
    TOO_MANY = "too_many"
    TOO_YOUNG = "too_young"
    TOO_OLD = "too_old"
    NAME_TAKEN = "name_taken"
    TWICE = "twice"


@dataclass(frozen=True, slots=True)
class EntryProblem:
    """One thing that is wrong: `part` names it as forms do ("name", "f3", "m0-born"), with its limits, if any."""

    part: str
    fault: EntryFault
    least: int = 0
    most: int = 0


@dataclass(frozen=True, slots=True)
class AskedField:
    """Something that a contest asks; see models.ContestField."""

    id: int
    label: Texts
    hint: Texts
    kind: AnswerKind
    asked_of: AskedOf
    required: bool
    least: int | None
    most: int | None
    choices: Texts

    @property
    def range(self) -> tuple[int, int]:
        """From where to where a number may be."""
        return self.least or 0, LARGEST if self.most is None else self.most

    @property
    def longest(self) -> int:
        """So many characters a text may have."""
        return LONGEST_TEXT if self.kind is AnswerKind.TEXT else LONGEST_LINE

    @property
    def options(self) -> list[Texts]:
        """What may be chosen, each in every language that has it."""
        by_lang = {lang: parts_of(words) for lang, words in self.choices.items()}
        many = len(next(iter(by_lang.values()), []))
        return [{lang: parts[place] for lang, parts in by_lang.items() if len(parts) == many} for place in range(many)]

    @property
    def keys(self) -> list[str]:
        """What forms send for each option: its words in the first language, so that it means the same tomorrow."""
        return [next(iter(option.values())) for option in self.options]


@dataclass(frozen=True, slots=True)
class ContestFacts:
    """How one contest is entered, and all that it asks, in order; see models.Contest."""

    activity_id: int
    title: Texts
    contestants: Contestants = Contestants.TEAMS
    least_members: int = 2
    most_members: int = 10
    asks_names: bool = True
    asks_birth_year: bool = False
    least_age: int | None = None
    most_age: int | None = None
    fields: tuple[AskedField, ...] = ()

    @property
    def is_of_teams(self) -> bool:
        """Whether teams enter; else persons do."""
        return self.contestants is Contestants.TEAMS

    @property
    def names_members(self) -> bool:
        """Whether each of an entry is named: all members of a team, or the one person."""
        return self.asks_names or not self.is_of_teams

    @property
    def members(self) -> tuple[int, int]:
        """How many an entry has: least and most."""
        return (self.least_members, self.most_members) if self.is_of_teams else (1, 1)

    def asked(self, of: AskedOf) -> list[AskedField]:
        """What is asked of the entry, or of each member."""
        return [asked_field for asked_field in self.fields if asked_field.asked_of is of]


@dataclass(frozen=True, slots=True)
class DraftMember:
    """Somebody as written in a form: trimmed, numbers read. `birth_year` is None where none was written."""

    name: str
    birth_year: int | None = None
    answers: Mapping[int, Answer] = field(default_factory=dict)

    @property
    def is_blank(self) -> bool:
        """Whether nothing was written at all."""
        return not self.name and self.birth_year is None and all(map(is_blank, self.answers.values()))


@dataclass(frozen=True, slots=True)
class EntryDraft:
    """An entry as written in a form. `size` is how many they are, where members are not named."""

    name: str
    members: tuple[DraftMember, ...] = ()
    size: int | None = None
    answers: Mapping[int, Answer] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class KeptAnswer:
    """An answer with the question as it was put, so that a consent keeps its wording and a list stays readable."""

    field_id: int
    kind: AnswerKind
    asked: Texts
    answer: str
    chosen: Texts = field(default_factory=dict)

    def as_row(self) -> dict[str, Any]:
        """As it stands in the database."""
        row = {"field": self.field_id, "kind": self.kind.value, "asked": dict(self.asked), "answer": self.answer}
        return row | ({"chosen": dict(self.chosen)} if self.chosen else {})

    @classmethod
    def from_row(cls, row: Mapping[str, Any]) -> KeptAnswer:
        """As it stood in the database."""
        return cls(row["field"], AnswerKind(row["kind"]), row["asked"], row["answer"], row.get("chosen", {}))


def key_of_name(name: str) -> str:
    """A team's name as names are compared: without case, accents, spaces and signs; of signs alone, those.

    One sign may stand for eighteen letters: a key that grows too long for its column ends in the digest of all of it.
    """
    folded = fold_letters(name)
    letters = "".join(sign for sign in folded if sign.isalnum())
    key = letters or "".join(unicodedata.normalize("NFKC", folded).split())
    if len(key) <= LONGEST_KEY:
        return key
    digest = sha256(key.encode()).hexdigest()
    return key[: LONGEST_KEY - len(digest)] + digest


def problems_of(contest: ContestFacts, draft: EntryDraft, year: int) -> list[EntryProblem]:
    """All that is wrong with an entry, in the order of the form; `year` is that of the contest."""
    return [
        *(_of_name("name", draft.name) if contest.is_of_teams else ()),
        *_of_fields(contest.asked(AskedOf.ENTRY), draft.answers, ""),
        *(_of_members(contest, draft, year) if contest.names_members else _of_size(contest, draft.size)),
    ]


def kept_answers(fields: Sequence[AskedField], answers: Mapping[int, Answer]) -> list[dict[str, Any]]:
    """Answers without fault as they are kept; those to fields that are asked no longer are left out."""
    kept = []
    for asked_field in fields:
        answer = answers.get(asked_field.id)
        if is_blank(answer):
            continue
        chosen: Texts = {}
        if asked_field.kind is AnswerKind.CHOICE:
            chosen = asked_field.options[asked_field.keys.index(str(answer))]
        text = YES if answer is True else str(answer)
        kept.append(KeptAnswer(asked_field.id, asked_field.kind, asked_field.label, text, chosen).as_row())
    return kept


def repeated(contest: ContestFacts, drafts: Sequence[EntryDraft]) -> Mapping[int, EntryProblem]:
    """Which of several teams of one form has the name of one before it."""
    if not contest.is_of_teams:
        return {}
    keys = [key_of_name(draft.name) for draft in drafts]
    return {
        place: EntryProblem("name", EntryFault.TWICE) for place, key in enumerate(keys) if key and key in keys[:place]
    }


def _of_name(part: str, name: str) -> Iterator[EntryProblem]:
    if not name:
        yield EntryProblem(part, EntryFault.MISSING)
    elif len(name) > LONGEST_NAME:
        yield EntryProblem(part, EntryFault.TOO_LONG, most=LONGEST_NAME)
    elif holds_an_address(name):
        yield EntryProblem(part, EntryFault.ADDRESS)


def _of_size(contest: ContestFacts, size: int | None) -> Iterator[EntryProblem]:
    least, most = contest.members
    if size is None:
        yield EntryProblem("size", EntryFault.MISSING)
    elif not least <= size <= most:
        yield EntryProblem("size", EntryFault.RANGE, least, most)


def _of_members(contest: ContestFacts, draft: EntryDraft, year: int) -> Iterator[EntryProblem]:
    least, most = contest.members
    written = [(place, member) for place, member in enumerate(draft.members) if not member.is_blank]
    if len(written) > most:
        yield EntryProblem("members", EntryFault.TOO_MANY, most=most)
    elif len(written) < least and contest.is_of_teams:
        yield EntryProblem("members", EntryFault.TOO_FEW, least=least)
    fields = contest.asked(AskedOf.MEMBER)
    for place, member in written[:most] or ([(0, DraftMember(""))] if not contest.is_of_teams else []):
        yield from _of_name(f"m{place}-name", member.name)
        yield from _of_birth(contest, f"m{place}-born", member.birth_year, year)
        yield from _of_fields(fields, member.answers, f"m{place}-")


def _of_birth(contest: ContestFacts, part: str, birth_year: int | None, year: int) -> Iterator[EntryProblem]:
    if not contest.asks_birth_year:
        return
    if birth_year is None:
        yield EntryProblem(part, EntryFault.MISSING)
    elif not year - 120 <= birth_year <= year:
        yield EntryProblem(part, EntryFault.RANGE, year - 120, year)
    elif contest.least_age is not None and year - birth_year < contest.least_age:
        yield EntryProblem(part, EntryFault.TOO_YOUNG, least=contest.least_age)
    elif contest.most_age is not None and year - birth_year > contest.most_age:
        yield EntryProblem(part, EntryFault.TOO_OLD, most=contest.most_age)


def _of_fields(fields: Sequence[AskedField], answers: Mapping[int, Answer], before: str) -> Iterator[EntryProblem]:
    for asked_field in fields:
        fault = _of_answer(asked_field, answers.get(asked_field.id), f"{before}f{asked_field.id}")
        if fault is not None:
            yield fault


def _of_answer(asked_field: AskedField, answer: Answer, part: str) -> EntryProblem | None:
    if is_blank(answer):
        missing = EntryFault.NEEDS_YES if asked_field.kind is AnswerKind.YES else EntryFault.MISSING
        return EntryProblem(part, missing) if asked_field.required else None
    if asked_field.kind is AnswerKind.NUMBER:
        least, most = asked_field.range
        fits = isinstance(answer, int) and least <= answer <= most
        return None if fits else EntryProblem(part, EntryFault.RANGE, least, most)
    if asked_field.kind is AnswerKind.CHOICE:
        return None if answer in asked_field.keys else EntryProblem(part, EntryFault.NOT_OFFERED)
    if asked_field.kind is not AnswerKind.YES and len(str(answer)) > asked_field.longest:
        return EntryProblem(part, EntryFault.TOO_LONG, most=asked_field.longest)
    return None
