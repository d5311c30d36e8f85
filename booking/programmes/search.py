"""Find a programme: what a teacher filters for, what fits, and which filter to loosen when nothing does. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from booking.bookings.search_words import split
from booking.catalogue.models import Kind
from booking.kernel.database import Texts
from booking.programmes.offered import OfferedProgramme

KINDERGARTEN = 0
LONG_WORD = 5  # letters


class OfferKind(StrEnum):
    """What sort of offer it is, as teachers look for it."""

    PUPILS = "pupils"
    KINDERGARTEN = "kindergarten"
    OUTREACH = "outreach"  # we come to the school
    COURSE = "course"  # for teachers themselves


class Duration(StrEnum):
    """How long it lasts, in three sorts; `holds` says where each begins and ends, in minutes."""

    SHORT = "short"
    MIDDLE = "middle"
    LONG = "long"

    def holds(self, minutes: int) -> bool:
        """Whether so many minutes are of this sort."""
        first, last = {Duration.SHORT: (0, 60), Duration.MIDDLE: (61, 90), Duration.LONG: (91, 10_000)}[self]
        return first <= minutes <= last


@dataclass(frozen=True, slots=True)
class Filters:
    """What is filtered for; None and "" are any. Dates are the centre's, both included."""

    words: str = ""
    grade: int | None = None
    subject: str = ""
    sort: OfferKind | None = None
    language: str = ""
    duration: Duration | None = None
    first: date | None = None
    last: date | None = None

    @property
    def has_date(self) -> bool:
        """Whether a free session on some days is asked for."""
        return self.first is not None or self.last is not None

    def names(self) -> list[str]:
        """The filters that are set, in the order of the form; the two dates are one."""
        plain = ("words", "grade", "subject", "sort", "language", "duration")
        given = [name for name in plain if getattr(self, name) not in (None, "")]
        return [*given, "date"] if self.has_date else given

    def without(self, name: str) -> Filters:
        """The same with one filter taken away."""
        if name == "date":
            return replace(self, first=None, last=None)
        empty = "" if name in ("words", "subject", "language") else None
        return replace(self, **{name: empty})  # type: ignore[arg-type]  # of the field's own type


@dataclass(frozen=True, slots=True)
class Other:
    """An offer that is no visit to the house, with what it is found by; `grades` None: of no grade, for teachers.

    It names no subject and no language: one who asks for a subject does not get it, one who asks for a language does.
    """

    activity_id: int
    sort: OfferKind
    minutes: int
    texts: tuple[Texts, ...]
    grades: tuple[int, int] | None = None


def sort_of(programme: OfferedProgramme) -> OfferKind:
    """What sort of offer a programme is."""
    if programme.kind is Kind.COURSE:
        return OfferKind.COURSE
    return OfferKind.KINDERGARTEN if programme.grade_to == KINDERGARTEN else OfferKind.PUPILS


def fits(programme: OfferedProgramme, filters: Filters, free: Collection[int]) -> bool:
    """Whether a programme is among those filtered for; `free` are the activities with a free session on the dates."""
    return (
        (filters.grade is None or programme.grade_from <= filters.grade <= programme.grade_to)
        and (not filters.subject or filters.subject in programme.subjects)
        and (filters.sort is None or sort_of(programme) is filters.sort)
        and (not filters.language or programme.language in ("", filters.language))
        and (filters.duration is None or filters.duration.holds(programme.minutes))
        and (not filters.has_date or programme.activity_id in free)
        and says((programme.title, programme.summary, programme.aims), filters.words)
    )


def fits_other(other: Other, filters: Filters, free: Collection[int]) -> bool:
    """As `fits`, for a course or a programme at the school; `free` are those that could be held on the dates."""
    first, last = other.grades or (1, 0)
    return (
        (filters.grade is None or first <= filters.grade <= last)
        and not filters.subject
        and (filters.sort is None or other.sort is filters.sort)
        and (filters.duration is None or filters.duration.holds(other.minutes))
        and (not filters.has_date or other.activity_id in free)
        and says(other.texts, filters.words)
    )


def says(texts: Iterable[Texts], words: str) -> bool:
    """Whether these texts, such as title, description and aims, have all these words in some language.

    Case, accents and special letters make no difference: "sjo" is sjø, "energija" is enerģija.
    """
    wanted = split(words)
    if not wanted:
        return True
    written = {word for each in texts for text in each.values() for word in split(text)}
    return all(any(_is_in(sought, word) for word in written) for sought in wanted)


def _is_in(typed: str, word: str) -> bool:
    """Short words are beginnings; longer ones stand anywhere, since Norwegian writes words together."""
    return word.startswith(typed) or (len(typed) >= LONG_WORD and typed in word)


def find(offered: Iterable[OfferedProgramme], filters: Filters, free: Collection[int]) -> list[OfferedProgramme]:
    """Those that fit, in their order."""
    return [programme for programme in offered if fits(programme, filters, free)]


def find_others(others: Iterable[Other], filters: Filters, free: Collection[int]) -> set[int]:
    """The ids of those that fit."""
    return {other.activity_id for other in others if fits_other(other, filters, free)}


def loosen(
    offered: Sequence[OfferedProgramme], filters: Filters, free: Collection[int], others: Sequence[Other] = ()
) -> list[tuple[str, int]]:
    """For each filter that is set, how many there would be without it; those that would give any, the most first."""
    looser = [(name, filters.without(name)) for name in filters.names()]
    counts = [(name, len(find(offered, fewer, free)) + len(find_others(others, fewer, free))) for name, fewer in looser]
    return sorted(((name, count) for name, count in counts if count), key=lambda item: -item[1])
