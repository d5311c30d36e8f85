"""Who has entered a contest as a table: a line for each who takes part, or for each team that names nobody."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from flask_babel import gettext as _

from booking.centre.wording import Wording
from booking.contests.lists import questions
from booking.contests.models import AnswerKind
from booking.contests.read import ListedEntry, MemberFacts
from booking.contests.rules import ContestFacts, KeptAnswer
from booking.sheets.sheet import Column, ColumnKind, Row, Sheet


def entries_sheet(contest: ContestFacts, lines: Sequence[ListedEntry], wording: Wording) -> Sheet:
    """The list as it is shown, with every answer in a column of its own."""
    of_entry, of_member = questions(lines, of_members=False), questions(lines, of_members=True)
    team = (Column(_("Team")), Column(_("How many"), ColumnKind.NUMBER)) if contest.is_of_teams else ()
    asked_columns = [Column(wording.words(words)) for words in (*of_member.values(), *of_entry.values())]
    born = (Column(_("Year of birth"), ColumnKind.NUMBER),) if contest.asks_birth_year else ()
    return Sheet(
        title=_("Entries"),
        columns=(
            *team, Column(_("Participant")), *born, *asked_columns, Column(_("Booked by")), Column(_("Email")),
            Column(_("Phone")), Column(_("Reference")), Column(_("Present"), ColumnKind.NUMBER),
        ),
        rows=[row for line in lines for row in _rows(contest, line, (*of_member, *of_entry), len(of_member), wording)],
    )  # fmt: skip


def _rows(
    contest: ContestFacts, line: ListedEntry, field_ids: Sequence[int], many_of_member: int, wording: Wording
) -> Iterator[Row]:
    entry = line.entry
    members: Sequence[MemberFacts | None] = (entry.members if entry is not None else ()) or (None,)
    of_entry = _by_field(entry.answers if entry is not None else (), wording)
    for member in members:
        of_member = _by_field(member.answers if member is not None else (), wording)
        answers = [of_member.get(field_id, "") for field_id in field_ids[:many_of_member]]
        answers += [of_entry.get(field_id, "") for field_id in field_ids[many_of_member:]]
        yield (
            *((entry.name if entry else "", entry.size if entry else None) if contest.is_of_teams else ()),
            member.name if member is not None else "",
            *((member.birth_year if member is not None else None,) if contest.asks_birth_year else ()),
            *answers,
            line.booked_by,
            line.email,
            line.phone,
            line.reference,
            1 if line.admitted else 0,
        )


def _by_field(answers: Sequence[KeptAnswer], wording: Wording) -> Mapping[int, str]:
    return {answer.field_id: _words(answer, wording) for answer in answers}


def _words(answer: KeptAnswer, wording: Wording) -> str:
    if answer.kind is AnswerKind.YES:
        return str(_("yes"))
    return wording.words(answer.chosen) if answer.chosen else answer.answer
