"""The pages of a list of rows: to add one, to change one, to take one away."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import wraps
from typing import Any, Generic, ParamSpec

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from booking.kernel.database import unit_of_work
from booking.kernel.refusals import Refusal
from booking.records import audited_rows
from booking.records.audited_rows import Gone, InUse, Meets, RowChangedMeanwhile
from booking.web.blueprints import admin
from booking.web.forms.entry import EntryPage, differing, facts_of
from booking.web.forms.fields import Field
from booking.web.forms.filled import FORMS, Filled, Values, columns, labels, read, show, with_other_languages
from booking.web.forms.row_lists import Register, Row
from booking.web.guards.access import staff, who
from booking.web.languages import centre
from booking.web.refusals import sentence

P = ParamSpec("P")


def join(register: Register[Row]) -> None:
    """Give a list its addresses: /staff/<key>/new, /staff/<key>/<id> and its /remove."""
    FORMS[register.what] = register.new_fields
    pages = RowPages(register)
    new, each, name = f"/{register.key}/new", f"/{register.key}/<int:row_id>", register.endpoint
    admin.add_url_rule(new, name("new"), staff()(_view(pages.new)), methods=["GET"])
    admin.add_url_rule(new, name("add"), staff(largest=register.largest)(_view(pages.add)), methods=["POST"])
    admin.add_url_rule(each, name("one"), staff(*register.lookers)(_view(pages.one)), methods=["GET"])
    change = staff(largest=register.largest)(_view(pages.change))
    admin.add_url_rule(each, name("change"), change, methods=["POST"])
    if register.is_removable:
        admin.add_url_rule(f"{each}/remove", name("remove"), staff()(_view(pages.remove)), methods=["POST"])


def _view(page: Callable[P, ResponseReturnValue]) -> Callable[P, ResponseReturnValue]:
    """A page as a function: who may open it is written on it, which no method can carry."""

    @wraps(page)
    def view(*args: P.args, **kwargs: P.kwargs) -> ResponseReturnValue:
        return page(*args, **kwargs)

    return view


@dataclass(frozen=True, slots=True)
class Attempt(Generic[Row]):
    """A form as it was sent, for a row or for a new one; `seen` is the mark of what it was filled from."""

    row: Row | None
    row_id: int | None
    fields: Sequence[Field]
    filled: Filled
    seen: str = ""

    @property
    def values(self) -> Values:
        """What was typed, as values."""
        return self.filled.values

    def with_errors(self, errors: Mapping[str, str]) -> Attempt[Row]:
        """The same with what is wrong with it."""
        return replace(self, filled=Filled(self.filled.values, self.filled.typed, dict(errors)))


class RowPages(Generic[Row]):
    """The views of one list."""

    def __init__(self, register: Register[Row]) -> None:
        self.register = register

    def new(self) -> ResponseReturnValue:
        """The form of a new row, with what the address that led here says already."""
        fields, langs = self.register.fields(None), centre().languages
        typed = show(self.register.defaults(), fields, langs)
        for field in fields:
            if field.name in request.args:
                typed |= field.typed(request.args, langs)
        return self._page(Attempt(None, None, fields, Filled(typed=typed)))

    def one(self, row_id: int, errors: Mapping[str, str] | None = None) -> str:
        """The row as it stands, with what is wrong with something sent beside its form."""
        row = self._known(row_id)
        fields = self.register.fields(row)
        values = audited_rows.values_of(row, columns(fields)) | self.register.beside(row_id)
        typed = show(values, fields, centre().languages)
        return self._page(Attempt(row, row_id, fields, Filled(typed=typed, errors=dict(errors or {}))))

    def add(self) -> ResponseReturnValue:
        """Write a new row."""
        attempt = self._sent(None, None)
        if (answer := self._answered_first(attempt)) is not None:
            return answer
        try:
            with unit_of_work():
                row_id = self._insert(attempt)
        except Meets:
            return self._page(self._meets(attempt)), 409
        except Refusal as refusal:
            return self._page(self._refused(attempt, refusal)), 409
        flash(_("Saved."))
        return redirect(self.register.saved(row_id), 303)

    def change(self, row_id: int) -> ResponseReturnValue:
        """Write what was typed, unless somebody else has been there meanwhile; then it is shown beside theirs."""
        row = self._known(row_id)
        attempt = self._sent(row, row_id)
        if (answer := self._answered_first(attempt)) is not None:
            return answer
        before = audited_rows.values_of(row, columns(attempt.fields))
        stored = with_other_languages(attempt.filled.stored(attempt.fields), before, attempt.fields, centre().languages)
        try:
            with unit_of_work():
                self._update(attempt, row_id, before, stored)
        except RowChangedMeanwhile as refusal:
            mark = self._mark(row_id, {name: refusal.now[name] for name in stored})
            return self._page(replace(attempt, seen=mark), now=refusal.now), 409
        except Meets:
            return self._page(self._meets(attempt)), 409
        except Gone:
            abort(404)
        except Refusal as refusal:
            return self._page(self._refused(attempt, refusal)), 409
        flash(_("Saved."))
        return redirect(self.register.saved(row_id), 303)

    def remove(self, row_id: int) -> ResponseReturnValue:
        """Take a row away that nothing stands on."""
        register, row = self.register, self._known(row_id)
        names, home = columns(register.fields(row)), register.home(row)
        if (stays := register.stays(row)) is not None:
            flash(stays.words)
            return redirect(stays.instead, 303)
        try:
            with unit_of_work():
                audited_rows.remove(register.table, row_id, actor=who().actor, what=register.what, names=names)
        except InUse as refusal:
            flash(sentence(refusal).text)
            return redirect(url_for(f"admin.{register.endpoint('one')}", row_id=row_id), 303)
        except Gone:
            abort(404)
        flash(_("Taken away."))
        return redirect(home, 303)

    def _known(self, row_id: int) -> Row:
        row = audited_rows.find(self.register.table, row_id)
        if row is None:
            abort(404)
        return row

    def _sent(self, row: Row | None, row_id: int | None) -> Attempt[Row]:
        fields = self.register.fields(row)
        filled = read(request.form, fields, centre().languages)
        if self._is_only_tried():
            filled.errors = {name: text for name, text in filled.errors.items() if filled.typed.get(name)}
        elif not filled.errors:
            filled.errors |= self.register.wrong(filled.values, row_id)
        return Attempt(row, row_id, fields, filled, request.form.get("seen", ""))

    def _is_only_tried(self) -> bool:
        return self.register.can_be_tried and "try" in request.form

    def _answered_first(self, attempt: Attempt[Row]) -> ResponseReturnValue | None:
        """What is answered before anything is written; None when it can be."""
        if self._is_only_tried():
            return self._page(attempt)
        if attempt.filled.errors:
            return self._page(attempt), 422
        return None if request.form.get("sure") else self.register.question(attempt.values)

    def _insert(self, attempt: Attempt[Row]) -> int:
        register, values = self.register, attempt.values
        register.before(None, values)
        stored = attempt.filled.stored(attempt.fields) | register.worked_out(None, values)
        row_id = register.insert(stored, values)
        register.afterwards(row_id, values)
        return row_id

    def _update(self, attempt: Attempt[Row], row_id: int, before: Values, stored: Values) -> None:
        """Write the columns of `stored`, which gets what follows from them. Raises RowChangedMeanwhile, Meets, Gone."""
        register, values = self.register, attempt.values
        seen, _dot, seen_beside = attempt.seen.partition(".")
        register.before(row_id, values)
        worked_out = register.worked_out(row_id, values)
        stored |= {name: worked_out.pop(name) for name in list(worked_out) if name in stored}
        values.update(stored)
        audited_rows.change(
            register.table, row_id, stored, seen=seen, actor=who().actor, what=register.what, quiet=register.quiet
        )
        beside = register.beside(row_id)  # the row is locked by now, so that nobody writes this meanwhile
        if beside and audited_rows.mark_of(beside) != seen_beside:
            raise RowChangedMeanwhile(before | beside)
        fresh = audited_rows.known(register.table, row_id)
        for name, value in worked_out.items():
            setattr(fresh, name, value)
        register.afterwards(row_id, values)

    def _refused(self, attempt: Attempt[Row], refusal: Refusal) -> Attempt[Row]:
        """The form as it was typed, with what the domain has against it. Raises a refusal that has no words here."""
        errors = self.register.refused(refusal)
        if not errors:
            raise refusal
        return attempt.with_errors(errors)

    def _meets(self, attempt: Attempt[Row]) -> Attempt[Row]:
        """Something came in between that the form could not know of; the list may know at which field."""
        first = next(iter(labels(attempt.fields[:1], centre().languages)))
        return attempt.with_errors(self.register.refused(Meets()) or {first: sentence(Meets()).text})

    def _page(self, attempt: Attempt[Row], now: Mapping[str, Any] | None = None) -> str:
        register, row = self.register, attempt.row
        mark = attempt.seen
        if row is not None and attempt.row_id is not None and not mark:
            mark = self._mark(attempt.row_id, audited_rows.values_of(row, columns(attempt.fields)))
        page = EntryPage(
            title=register.title_of_new() if row is None else register.title_of(row),
            row=row,
            home=register.home(row),
            fields=attempt.fields,
            filled=attempt.filled,
            langs=centre().languages,
            seen=mark,
            now_there=differing(now, attempt.values, attempt.fields),
            facts=facts_of(row, attempt.fields),
            trial=register.tried(attempt.filled) if self._is_only_tried() else None,
            can_be_tried=register.can_be_tried,
            remove=f"admin.{register.endpoint('remove')}" if register.is_removable else "",
            about=register.about(row) if row is not None else None,
            beside=register.labels_beside(),
        )
        return render_template(register.template, page=page)

    def _mark(self, row_id: int, stored: Mapping[str, Any]) -> str:
        """What the form was filled from: the row's columns, and what stands beside it."""
        beside = self.register.beside(row_id)
        return audited_rows.mark_of(stored) + (f".{audited_rows.mark_of(beside)}" if beside else "")
