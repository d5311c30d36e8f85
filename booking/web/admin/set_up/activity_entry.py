"""What is kept about an activity in a row of its own: how it is taught in the house, or held at schools."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from flask import abort, url_for

from booking.agreements.queries import school_rules
from booking.catalogue.models import Activity, Kind
from booking.materials.keeping import MOST_OF_ONE
from booking.materials.read import MaterialFacts, materials_of
from booking.records import audited_rows
from booking.web.forms.one_row import OneRow
from booking.web.forms.row_history import Deed, deeds
from booking.web.forms.row_lists import Row
from booking.web.languages import wording


@dataclass(frozen=True, slots=True)
class TaughtActivity:
    """The activity that a row is about, its materials, when those for before are mailed, and what was done to the row.

    `material_days` before a visit; None: with the reminder.
    """

    activity: Activity
    deeds: Sequence[Deed]
    materials: Sequence[MaterialFacts]
    material_days: int | None
    most: ClassVar[int] = MOST_OF_ONE

    def at(self, moment: str) -> list[MaterialFacts]:
        """The materials for before, or for after, in their order."""
        return [material for material in self.materials if material.moment == moment]


class ActivityEntry(OneRow[Row]):
    """What is said of one programme in a table of its own; there is no row before it is said. Else 404."""

    key = "activity_id"
    of_all: ClassVar[str]  # the page with all of them
    of_one: ClassVar[str]  # this page

    def __init__(self, activity_id: int) -> None:
        activity = audited_rows.find(Activity, activity_id)
        if activity is None or activity.kind is not Kind.PROGRAMME:
            abort(404)
        self.activity = activity
        super().__init__(activity_id, audited_rows.find(self.table, activity_id))

    def title(self) -> str:
        """The activity's own."""
        return wording().words(self.activity.title)

    def home(self) -> str:
        """The page with all of them."""
        return url_for(self.of_all)

    def saved(self) -> str:
        """The same page again, from where one goes to what teachers see."""
        return url_for(self.of_one, row_id=self.row_id)

    def about(self) -> TaughtActivity:
        """The activity, its materials, and what has been done to the row."""
        rules = school_rules()
        return TaughtActivity(
            self.activity,
            deeds(f"{self.what}:{self.row_id}", self.asked),
            materials_of([self.row_id]),
            None if rules is None else rules.material_days,
        )
