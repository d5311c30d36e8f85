"""The form of an entry in a contest: what is asked, as typed or as it stands, and what is wrong with it by field.

The same in the checkout, where there is one for each team of a basket, on the booking's page, and for the staff.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from flask_babel import gettext as _
from flask_babel import ngettext

from booking.bookings.queries import BookingFacts
from booking.centre.facts import CentreFacts
from booking.contests.enter import Drafts, judge
from booking.contests.forgetting import ENTRIES_KEPT
from booking.contests.models import AnswerKind, AskedOf
from booking.contests.read import EntryFacts, contests_of, standing_of_booking, wanted_of
from booking.contests.refusals import EntriesWrong
from booking.contests.rules import (
    LARGEST,
    Answer,
    AskedField,
    ContestFacts,
    DraftMember,
    EntryDraft,
    EntryFault,
    EntryProblem,
    KeptAnswer,
)
from booking.web.forms.checked import one_line, tidy_lines
from booking.web.languages import wording
from booking.web.typed import whole_number

MOST_ROWS = 60  # of members that are read, whatever is sent
MOST_SIGNS = 2000  # of one field that are shown again
Typed = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class EntryForm:
    """One entry's fieldset. `prefix` stands before the names of its fields; `place` counts a basket's from 0."""

    contest: ContestFacts
    place: int
    many: int
    prefix: str
    typed: Typed
    errors: Mapping[str, str] = field(default_factory=dict)

    @property
    def rows(self) -> range:
        """The members that are asked for: as many as there may be, or more where more were sent."""
        if not self.contest.names_members:
            return range(0)
        last = max((row for row in range(MOST_ROWS) if self._is_typed(row)), default=-1)
        return range(max(self.contest.members[1], last + 1))

    @property
    def shown_rows(self) -> int:
        """So many of them are in sight: those that must be there, and those that are."""
        last = max((row for row in self.rows if self._is_typed(row) or self._is_wrong(row)), default=-1)
        return max(self.contest.members[0], last + 1)

    @property
    def kept_days(self) -> int:
        """So long names are kept after the contest."""
        return ENTRIES_KEPT.days

    @property
    def of_entry(self) -> list[AskedField]:
        """What is asked once."""
        return self.contest.asked(AskedOf.ENTRY)

    @property
    def of_member(self) -> list[AskedField]:
        """What is asked of each member."""
        return self.contest.asked(AskedOf.MEMBER)

    @property
    def labels(self) -> dict[str, str]:
        """What each field is called above the form, in its order there."""
        before = _("Team %(num)s", num=self.place + 1) + ": " if self.many > 1 and self.contest.is_of_teams else ""
        if self.many > 1 and not self.contest.is_of_teams:
            before = _("Participant %(num)s", num=self.place + 1) + ": "
        asked_once = {f"{self.prefix}f{each.id}": before + wording().words(each.label) for each in self.of_entry}
        names = {f"{self.prefix}name": before + _("The team's name")} if self.contest.is_of_teams else {}
        names |= asked_once if self.contest.is_of_teams else {}
        names[f"{self.prefix}size"] = before + _("How many are you?")
        names[f"{self.prefix}members"] = before + _("Who takes part")
        for row in self.rows:
            names |= self._member_labels(row, before)
        return names | asked_once

    def draft(self) -> EntryDraft:
        """What was typed as values; what is no number counts as nothing, and `unreadable` tells of it."""
        members = tuple(self._member(row) for row in self.rows)
        size = whole_number(self._of("size"), 0, LARGEST)
        return EntryDraft(self._of("name"), members, size, self._answers(self.of_entry, ""))

    def unreadable(self) -> dict[str, str]:
        """A sentence for each field with something in it that is no number."""
        numbers = {f"f{asked_field.id}": asked_field.range for asked_field in self.of_entry if _is_number(asked_field)}
        for row in self.rows:
            numbers[f"m{row}-born"] = (1900, 2100)
            numbers |= {f"m{row}-f{each.id}": each.range for each in self.of_member if _is_number(each)}
        numbers["size"] = self.contest.members
        wrong = (part for part in numbers if self._of(part) and whole_number(self._of(part), 0, LARGEST) is None)
        return {f"{self.prefix}{part}": _range_words(*numbers[part]) for part in wrong}

    def with_problems(self, problems: Iterable[EntryProblem]) -> EntryForm:
        """The same with what is wrong with it; the first of each field."""
        errors = self.unreadable()
        for problem in problems:
            errors.setdefault(f"{self.prefix}{problem.part}", fault_words(problem))
        return replace(self, errors=errors)

    def _of(self, part: str) -> str:
        return self.typed.get(f"{self.prefix}{part}", "")

    def _is_typed(self, row: int) -> bool:
        return any(value for name, value in self.typed.items() if name.startswith(f"{self.prefix}m{row}-"))

    def _is_wrong(self, row: int) -> bool:
        return any(name.startswith(f"{self.prefix}m{row}-") for name in self.errors)

    def _member(self, row: int) -> DraftMember:
        born = whole_number(self._of(f"m{row}-born"), 0, 9999)
        return DraftMember(self._of(f"m{row}-name"), born, self._answers(self.of_member, f"m{row}-"))

    def _answers(self, fields: Iterable[AskedField], before: str) -> dict[int, Answer]:
        return {each.id: _read(each, self._of(f"{before}f{each.id}")) for each in fields}

    def _member_labels(self, row: int, before: str) -> dict[str, str]:
        if self.contest.is_of_teams:
            before += _("Participant %(num)s", num=row + 1) + ": "
        begin = f"{self.prefix}m{row}-"
        names = {f"{begin}name": before + _("Name"), f"{begin}born": before + _("Year of birth")}
        for asked_field in self.of_member:
            names[f"{begin}f{asked_field.id}"] = before + wording().words(asked_field.label)
        return names


@dataclass(frozen=True, slots=True)
class EntryForms:
    """All the entries that a basket wants, one form each, in order."""

    forms: tuple[EntryForm, ...] = ()

    @property
    def drafts(self) -> Drafts:
        """What was typed as values, by contest."""
        drafts: dict[int, list[EntryDraft]] = {}
        for form in self.forms:
            drafts.setdefault(form.contest.activity_id, []).append(form.draft())
        return drafts

    @property
    def errors(self) -> dict[str, str]:
        """What is wrong, by field."""
        return {name: words for form in self.forms for name, words in form.errors.items()}

    @property
    def labels(self) -> dict[str, str]:
        """What each field is called, in the order of the page."""
        return {name: words for form in self.forms for name, words in form.labels.items()}

    def judged(self, year: int) -> EntryForms:
        """The same with all that is wrong; `year` is that of the contest."""
        contests = {form.contest.activity_id: form.contest for form in self.forms}
        try:
            judge(contests, self.drafts, year)
        except EntriesWrong as wrong:
            return self.with_problems(wrong)
        return EntryForms(tuple(form.with_problems(()) for form in self.forms))

    def with_problems(self, wrong: EntriesWrong) -> EntryForms:
        """The same with what the domain has against it."""
        problems = wrong.problems
        return EntryForms(
            tuple(form.with_problems(problems.get((form.contest.activity_id, form.place), ())) for form in self.forms)
        )


def forms_of(facts: BookingFacts, sent: Typed | None) -> EntryForms:
    """The forms of a basket's entries: as `sent`, else as they stand; none and no statement without a contest in it."""
    wanted = wanted_of(facts.lines) if facts.changes_id is None else {}
    if not wanted:
        return EntryForms()
    contests = contests_of(wanted)
    standing = standing_of_booking(facts.id, wanted) if sent is None else {}
    forms = []
    for activity_id, contest in contests.items():
        for place in range(wanted[activity_id]):
            prefix = f"e{activity_id}-{place}-"
            entries = standing.get(activity_id, [])
            kept = typed_of(entries[place], prefix) if place < len(entries) else {}
            typed = kept if sent is None else sent_to(prefix, contest, sent)
            forms.append(EntryForm(contest, place, wanted[activity_id], prefix, typed))
    return EntryForms(tuple(forms))


def form_of(contest: ContestFacts, entry: EntryFacts | None, sent: Typed | None) -> EntryForm:
    """The form of one entry by itself: as `sent`, else as it stands, or empty."""
    prefix = f"e{contest.activity_id}-0-"
    stands = typed_of(entry, prefix) if entry is not None else {}
    return EntryForm(contest, 0, 1, prefix, stands if sent is None else sent_to(prefix, contest, sent))


def sent_to(prefix: str, contest: ContestFacts, form: Typed) -> dict[str, str]:
    """The fields of one entry out of a form that was sent, trimmed."""
    long = {f"f{asked_field.id}" for asked_field in contest.fields if asked_field.kind is AnswerKind.TEXT}
    return {
        name: (tidy_lines(value) if name.rpartition("-")[2] in long else one_line(value))[:MOST_SIGNS]
        for name, value in form.items()
        if name.startswith(prefix)
    }


def typed_of(entry: EntryFacts, prefix: str) -> dict[str, str]:
    """An entry that stands as it would be typed."""
    typed = {f"{prefix}name": entry.name, f"{prefix}size": str(entry.size)} | _typed_answers(prefix, entry.answers)
    for row, member in enumerate(entry.members):
        typed[f"{prefix}m{row}-name"] = member.name
        typed[f"{prefix}m{row}-born"] = str(member.birth_year or "")
        typed |= _typed_answers(f"{prefix}m{row}-", member.answers)
    return typed


def the_year(facts: BookingFacts, centre: CentreFacts) -> int:
    """That of the contest, which ages are reckoned by."""
    return centre.local(facts.starts_at).year


def fault_words(problem: EntryProblem) -> str:
    """What is wrong, as a sentence beside the field."""
    match problem.fault:
        case EntryFault.RANGE:
            return _range_words(problem.least, problem.most)
        case EntryFault.TOO_LONG:
            return str(_("At most %(most)s characters.", most=problem.most))
        case EntryFault.TOO_FEW:
            return str(
                ngettext(
                    "A team has at least %(num)s participant.",
                    "A team has at least %(num)s participants.",
                    problem.least,
                )
            )
        case EntryFault.TOO_MANY:
            return str(
                ngettext(
                    "A team has at most %(num)s participant.", "A team has at most %(num)s participants.", problem.most
                )
            )
        case EntryFault.TOO_YOUNG:
            return str(_("Everybody who takes part turns at least %(num)s that year.", num=problem.least))
        case EntryFault.TOO_OLD:
            return str(_("Nobody who takes part turns more than %(num)s that year.", num=problem.most))
    return _plain_words()[problem.fault]


def _plain_words() -> dict[EntryFault, str]:
    return {
        EntryFault.MISSING: _("Fill this in."),
        EntryFault.NEEDS_YES: _("Your consent is needed to take part."),
        EntryFault.NOT_OFFERED: _("Choose one of these."),
        EntryFault.NAME_TAKEN: _("Another team has that name already. Choose another."),
        EntryFault.TWICE: _("Two of your teams have the same name."),
        EntryFault.ADDRESS: _("Please write it without an address of the web or of a mailbox: it stands in our mails."),
    }


def _read(asked_field: AskedField, text: str) -> Answer:
    if asked_field.kind is AnswerKind.NUMBER:
        return whole_number(text, 0, LARGEST)
    return bool(text) if asked_field.kind is AnswerKind.YES else text


def _is_number(asked_field: AskedField) -> bool:
    return asked_field.kind is AnswerKind.NUMBER


def _range_words(least: int, most: int) -> str:
    return str(_("Enter a whole number from %(least)s to %(most)s.", least=least, most=most))


def _typed_answers(before: str, answers: Iterable[KeptAnswer]) -> dict[str, str]:
    return {f"{before}f{answer.field_id}": answer.answer for answer in answers}
