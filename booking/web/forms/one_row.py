"""A page about one row that may not be there yet: shown, then saved for the first time or changed."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Collection, Mapping, Sequence
from typing import Any, ClassVar, Generic

from flask import abort, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from booking.kernel.database import unit_of_work
from booking.records import audited_rows
from booking.records.audited_rows import Gone, Meets, RowChangedMeanwhile
from booking.staff.models import Role
from booking.web.forms.entry import EntryPage, differing, facts_of
from booking.web.forms.fields import Field
from booking.web.forms.filled import Filled, Values, columns, read, show, with_other_languages
from booking.web.forms.row_lists import Row
from booking.web.guards.access import who
from booking.web.languages import centre


class OneRow(ABC, Generic[Row]):
    """The row of one id, and the page about it. `key` is the column of the id, `what` names the row in the log.

    `changers` are those who may change it; others see it as facts. `defaults_hold`: what `defaults` says is so already
    while there is no row, and no mere beginning of a form.
    """

    table: type[Row]
    key: ClassVar[str]
    what: ClassVar[str]
    template: ClassVar[str]
    changers: ClassVar[Collection[Role]] = (Role.ADMIN,)
    defaults_hold: ClassVar[bool] = False

    def __init__(self, row_id: int, row: Row | None) -> None:
        self.row_id = row_id
        self.row = row
        self.asked = self.fields()

    @abstractmethod
    def fields(self) -> Sequence[Field]:
        """What the form asks."""

    @abstractmethod
    def title(self) -> str:
        """Above the form."""

    @abstractmethod
    def home(self) -> str:
        """The address to go back to."""

    @abstractmethod
    def saved(self) -> str:
        """The address to go to when it is saved."""

    @abstractmethod
    def about(self) -> object:
        """What the page tells beside the form, for its template."""

    def defaults(self) -> Values:
        """What stands in the form while there is no row."""
        return {}

    def wrong(self, values: Values) -> Mapping[str, str]:
        """What is wrong that no field can know alone, a sentence by field."""
        return {}

    def settle(self, stored: Values) -> Values:
        """The columns with what the form leaves open."""
        return stored

    def afterwards(self) -> None:
        """What belongs to the row once it is written; in the same unit of work."""

    def show(self) -> str:
        """The page as things stand."""
        values = self.defaults() if self.row is None else audited_rows.values_of(self.row, columns(self.asked))
        return self._page(Filled(typed=show(values, self.asked, centre().languages)))

    def save(self) -> ResponseReturnValue:
        """Save what was typed, unless somebody else has been there meanwhile; then it is shown beside theirs."""
        filled, seen = read(request.form, self.asked, centre().languages), request.form.get("seen", "")
        if not filled.errors:
            filled.errors |= self.wrong(filled.values)
        if filled.errors:
            return self._page(filled, mark=seen), 422
        stored = self.settle(filled.stored(self.asked))
        filled.values.update(stored)
        try:
            with unit_of_work():
                self._write(stored, seen)
                self.afterwards()
        except RowChangedMeanwhile as refusal:
            return self._page(filled, mark=audited_rows.mark_of(refusal.now), now=refusal.now), 409
        except Meets:  # somebody else was the first
            self.row = audited_rows.find(self.table, self.row_id)
            now = {} if self.row is None else audited_rows.values_of(self.row, columns(self.asked))
            return self._page(filled, mark=audited_rows.mark_of(now), now=now), 409
        except Gone:
            abort(404)
        flash(_("Saved."))
        return redirect(self.saved(), 303)

    def _write(self, stored: Values, seen: str) -> None:
        if self.row is None:
            audited_rows.add(self.table, {self.key: self.row_id} | stored, actor=who().actor, what=self.what)
            return
        before = audited_rows.values_of(self.row, columns(self.asked))
        stored = with_other_languages(stored, before, self.asked, centre().languages)
        audited_rows.change(self.table, self.row_id, stored, seen=seen, actor=who().actor, what=self.what)

    def _page(self, filled: Filled, *, mark: str = "", now: Mapping[str, Any] | None = None) -> str:
        if self.row is not None and not mark:
            mark = audited_rows.mark_of(audited_rows.values_of(self.row, columns(self.asked)))
        page = EntryPage(
            title=self.title(),
            row=self.row,
            home=self.home(),
            fields=self.asked,
            filled=filled,
            langs=centre().languages,
            seen=mark,
            now_there=differing(now, filled.values, self.asked),
            facts=facts_of(self.row, self.asked, self.changers, self.defaults() if self.defaults_hold else None),
            may_change=who().role in self.changers,
            about=self.about(),
        )
        return render_template(self.template, page=page)
