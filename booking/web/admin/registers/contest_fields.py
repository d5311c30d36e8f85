"""What a contest asks: how it is entered, one row; and its fields, a list of rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask import abort, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from booking.catalogue.models import Activity, Kind
from booking.catalogue.queries import titled_contests
from booking.contests.models import AnswerKind, AskedOf, Contest, Contestants, ContestField
from booking.contests.read import contests_of
from booking.contests.rules import LARGEST, AskedField, parts_of
from booking.records import audited_rows
from booking.web.blueprints import admin
from booking.web.forms.chosen_fields import EnumField, NumberChoiceField, YesField
from booking.web.forms.fields import Field, TextsField, WholeField
from booking.web.forms.filled import FORMS, Values
from booking.web.forms.one_row import OneRow
from booking.web.forms.row_history import Deed, deeds
from booking.web.forms.row_lists import Register
from booking.web.forms.row_pages import join
from booking.web.guards.access import staff
from booking.web.languages import centre, wording
from booking.web.typed import identity

MOST_TOGETHER = 30


@dataclass(frozen=True, slots=True)
class AboutContest:
    """The activity, what it asks, and what has been done to how it is entered."""

    activity: Activity
    fields: Sequence[AskedField]
    kinds: dict[str, str]
    deeds: Sequence[Deed]


@admin.get("/contest-rules/<int:activity_id>")
@staff()
def contest_rules(activity_id: int) -> str:
    """How one contest is entered, and what it asks."""
    return ContestRules(activity_id).show()


@admin.post("/contest-rules/<int:activity_id>")
@staff()
def save_contest_rules(activity_id: int) -> ResponseReturnValue:
    """Change it. Who has entered stays as they are."""
    return ContestRules(activity_id).save()


class ContestRules(OneRow[Contest]):
    """How one contest is entered; the defaults hold while nobody has said it."""

    table = Contest
    key = "activity_id"
    what = "contest"
    template = "admin/contest_rules.html"

    def __init__(self, activity_id: int) -> None:
        activity = audited_rows.find(Activity, activity_id)
        if activity is None or activity.kind is not Kind.CONTEST:
            abort(404)
        self.activity = activity
        super().__init__(activity_id, audited_rows.find(Contest, activity_id))

    def title(self) -> str:
        """The contest's own."""
        return wording().words(self.activity.title)

    def home(self) -> str:
        """The activity."""
        return url_for("admin.activities_one", row_id=self.row_id)

    def saved(self) -> str:
        """The same page again."""
        return url_for("admin.contest_rules", activity_id=self.row_id)

    def fields(self) -> list[Field]:
        """Who enters, how many are a team, whose names are asked."""
        return _rules()

    def defaults(self) -> Values:
        """Teams of two to ten, each of whom is named."""
        return {"contestants": Contestants.TEAMS, "least_members": 2, "most_members": 10, "asks_names": True}

    def wrong(self, values: Values) -> dict[str, str]:
        """Limits in the wrong order; what is asked of members who are not named."""
        if values["least_members"] > values["most_members"]:
            return {"most_members": _("The smaller number comes first.")}
        if (
            values["least_age"] is not None
            and values["most_age"] is not None
            and values["least_age"] > values["most_age"]
        ):
            return {"most_age": _("The lower age comes first.")}
        names = values["asks_names"] or values["contestants"] is Contestants.PERSONS
        if values["asks_birth_year"] and not names:
            return {"asks_birth_year": _("The year of birth is asked of those who are named.")}
        if (values["least_age"] is not None or values["most_age"] is not None) and not values["asks_birth_year"]:
            return {"least_age": _("Ask for the year of birth, so that the age can be checked.")}
        if not names and any(
            each.asked_of is AskedOf.MEMBER for each in contests_of([self.row_id])[self.row_id].fields
        ):
            return {"asks_names": _("A field below is asked of each participant. Take it away first.")}
        return {}

    def about(self) -> AboutContest:
        """The contest's fields, and its history."""
        fields = contests_of([self.row_id])[self.row_id].fields
        return AboutContest(self.activity, fields, kind_names(), deeds(f"{self.what}:{self.row_id}", self.asked))


class ContestFieldRegister(Register[ContestField]):
    """One thing that a contest asks a row."""

    key = "contest-fields"
    what = "contest_field"
    table = ContestField

    def title_of_new(self) -> str:
        """Above the form of a new field."""
        return str(_("New field"))

    def title_of(self, row: ContestField) -> str:
        """What it asks."""
        return wording().words(row.label)

    def home(self, row: ContestField | None) -> str:
        """The contest; for a new one, the contest that the address or the form names."""
        activity_id = row.activity_id if row is not None else identity(request.values.get("activity_id"))
        known = activity_id is not None and activity_id in contests_of([activity_id])
        return url_for("admin.contest_rules", activity_id=activity_id) if known else url_for("admin.activities")

    def defaults(self) -> Values:
        """A line that is needed, asked once."""
        return {"kind": AnswerKind.LINE, "asked_of": AskedOf.ENTRY, "required": True, "sort": 0}

    def fields(self, _row: ContestField | None) -> list[Field]:
        """Of which contest, what it is called, of whom it is asked, and what kind of answer it wants."""
        return [*_what(), *_answer()]

    def wrong(self, values: Values, _row_id: int | None) -> dict[str, str]:
        """No contest, a range in the wrong order, choices that are missing or not as many in each language."""
        contest = contests_of([values["activity_id"]]).get(values["activity_id"])
        if contest is None:
            return {"activity_id": _("Choose one of these.")}
        if values["asked_of"] is AskedOf.MEMBER and not contest.names_members:
            return {"asked_of": _("This contest asks no names of participants. Let it ask for them first.")}
        if values["least"] is not None and values["most"] is not None and values["least"] > values["most"]:
            return {"most": _("The smaller number comes first.")}
        many = {len(parts_of(words)) for words in values["choices"].values()}
        if values["kind"] is AnswerKind.CHOICE and (not many or max(many) < 2):
            return {f"choices-{_first_language()}": _("Enter at least two, with semicolons between.")}
        if values["kind"] is AnswerKind.CHOICE and len(many) > 1:
            return {f"choices-{_first_language()}": _("Enter as many in each language, in the same order.")}
        return {}


def kind_names() -> dict[str, str]:
    """What the kinds of answer are called."""
    return {
        AnswerKind.LINE: _("One line"),
        AnswerKind.TEXT: _("A longer text"),
        AnswerKind.NUMBER: _("A whole number"),
        AnswerKind.CHOICE: _("One of several"),
        AnswerKind.YES: _("A yes, or a consent"),
    }


def _rules() -> list[Field]:
    who = [(Contestants.TEAMS.value, _("Teams")), (Contestants.PERSONS.value, _("Persons"))]
    of_teams = _("For teams. One ticket is one team.")
    return [
        EnumField("contestants", _("Who enters"), choices=who, kind=Contestants, heading=_("Who takes part")),
        WholeField("least_members", _("Fewest in a team"), least=1, most=MOST_TOGETHER, hint=of_teams),
        WholeField("most_members", _("Most in a team"), least=1, most=MOST_TOGETHER),
        YesField(
            "asks_names",
            _("Ask for the name of each"),
            hint=_(
                "Otherwise a team says only how many they are. Ask for no more than you need: they are often children."
            ),
        ),
        YesField("asks_birth_year", _("Ask for the year of birth"), hint=_("The year alone, never the date.")),
        WholeField(
            "least_age", _("Lowest age"), most=120, required=False, hint=_("As reached in the year of the contest.")
        ),
        WholeField("most_age", _("Highest age"), most=120, required=False),
    ]


def _what() -> list[Field]:
    contests = [(str(each.id), wording().words(each.title)) for each in titled_contests()]
    whom = [(AskedOf.ENTRY.value, _("Once for each entry")), (AskedOf.MEMBER.value, _("Of each participant"))]
    return [
        NumberChoiceField("activity_id", _("Contest"), choices=contests, heading=_("What is asked")),
        TextsField(
            "label", _("Question"), most=300, hint=_("Of a consent, its whole wording: it is kept with the answer.")
        ),
        TextsField("hint", _("A few words below it"), most=300, required=False),
        EnumField("asked_of", _("Asked"), choices=whom, kind=AskedOf),
        YesField("required", _("Must be answered")),
        WholeField("sort", _("Place in the form"), most=1000, hint=_("Small numbers come first.")),
    ]


def _answer() -> list[Field]:
    kinds = [(str(kind), name) for kind, name in kind_names().items()]
    semicolons = _("Of one of several: with semicolons between, such as S; M; L. In the same order in each language.")
    return [
        EnumField("kind", _("Kind of answer"), choices=kinds, kind=AnswerKind, heading=_("The answer")),
        TextsField("choices", _("What may be chosen"), most=1000, required=False, hint=semicolons),
        WholeField("least", _("Smallest number"), most=LARGEST, required=False),
        WholeField("most", _("Largest number"), most=LARGEST, required=False),
    ]


def _first_language() -> str:
    return centre().languages[0]


FORMS["contest"] = _rules
join(ContestFieldRegister())
