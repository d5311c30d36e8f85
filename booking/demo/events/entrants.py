"""What a demo centre says of its contest: what it asks, and who is in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from booking.contests.models import AnswerKind, Contestants
from booking.contests.rules import Answer
from booking.kernel.database import Texts


@dataclass(frozen=True, slots=True)
class DemoQuestion:
    """Something that a contest asks; `key` is how the entries below name it."""

    key: str
    label: Texts
    kind: AnswerKind = AnswerKind.LINE
    of_member: bool = False
    required: bool = True
    least: int | None = None
    most: int | None = None
    choices: Texts = field(default_factory=dict)
    hint: Texts = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class DemoEntry:
    """Who has entered: a team, or with "" a person; members as (name, year of birth, what each answers)."""

    name: str
    contact: str
    members: Sequence[tuple[str, int, Mapping[str, Answer]]]
    answers: Mapping[str, Answer]


@dataclass(frozen=True, slots=True)
class DemoContest:
    """A contest: the activity by its slug, when it begins, how it is entered, what it asks, and who is in it."""

    slug: str
    begins: str
    contestants: Contestants
    members: tuple[int, int]
    ages: tuple[int, int]
    questions: Sequence[DemoQuestion]
    entries: Sequence[DemoEntry]
