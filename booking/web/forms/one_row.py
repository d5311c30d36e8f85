"""A page about one row that may not be there yet: shown, then saved for the first time or changed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from flask import abort, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from booking.kernel.database import Model, unit_of_work
from booking.records import audited_rows
from booking.records.audited_rows import Gone, Meets, RowChangedMeanwhile
from booking.staff.models import Role
from booking.web.forms.fields import Field, Filled, labels, read, show, with_other_languages
from booking.web.forms.row_lists import differing, in_words
from booking.web.guards.access import who
from booking.web.languages import centre

Values = dict[str, Any]


@dataclass(frozen=True, slots=True)
class OneRow:
    """The row of `row_id`, whose key is `key`. `settle` makes the values whole that the form leaves open.

    `afterwards` does what belongs to the row, inside the same unit of work.
    """

    table: type[Model]
    key: str
    row_id: int
    row: Model | None
    what: str
    fields: Sequence[Field]
    title: str
    home: str
    saved: str
    template: str
    defaults: Values
    wrong: Callable[[Values], Mapping[str, str]]
    settle: Callable[[Values], Values] = dict
    afterwards: Callable[[], None] = lambda: None
    more: Values = field(default_factory=dict)

    @property
    def columns(self) -> list[str]:
        """What of it the form asks."""
        return [one.name for one in self.fields if one.stored]


def shown(one_row: OneRow) -> str:
    """The page as things stand."""
    values = one_row.defaults if one_row.row is None else audited_rows.values_of(one_row.row, one_row.columns)
    return _page(one_row, Filled(typed=show(values, one_row.fields, centre().languages)))


def save(one_row: OneRow) -> ResponseReturnValue:
    """Save what was typed, unless somebody else has been there meanwhile; then it is kept and shown beside theirs."""
    filled, seen = read(request.form, one_row.fields, centre().languages), request.form.get("seen", "")
    if not filled.errors:
        filled.errors |= one_row.wrong(filled.values)
    if filled.errors:
        return _page(one_row, filled, mark=seen), 422
    stored = one_row.settle(filled.stored(one_row.fields))
    filled.values.update(stored)
    try:
        with unit_of_work():
            if one_row.row is None:
                audited_rows.add(
                    one_row.table, {one_row.key: one_row.row_id} | stored, actor=who().actor, what=one_row.what
                )
            else:
                before = audited_rows.values_of(one_row.row, one_row.columns)
                stored = with_other_languages(stored, before, one_row.fields, centre().languages)
                audited_rows.change(
                    one_row.table, one_row.row_id, stored, seen=seen, actor=who().actor, what=one_row.what
                )
            one_row.afterwards()
    except RowChangedMeanwhile as refusal:
        return _page(one_row, filled, mark=audited_rows.mark_of(refusal.now), now=refusal.now), 409
    except Meets:  # somebody else was the first
        there = replace(one_row, row=audited_rows.find(one_row.table, one_row.row_id))
        now = {} if there.row is None else audited_rows.values_of(there.row, one_row.columns)
        return _page(there, filled, mark=audited_rows.mark_of(now), now=now), 409
    except Gone:
        abort(404)
    flash(_("Saved."))
    return redirect(one_row.saved, 303)


def _page(one_row: OneRow, filled: Filled, *, mark: str = "", now: Mapping[str, Any] | None = None) -> str:
    langs = centre().languages
    if one_row.row is not None and not mark:
        mark = audited_rows.mark_of(audited_rows.values_of(one_row.row, one_row.columns))
    facts = []
    if who().role is not Role.ADMIN and one_row.row is not None:
        words = ((ask.label, in_words(ask, getattr(one_row.row, ask.name))) for ask in one_row.fields if ask.stored)
        facts = [(label, said) for label, said in words if said]
    return render_template(
        one_row.template,
        title=one_row.title,
        row=one_row.row,
        home=one_row.home,
        fields=one_row.fields,
        typed=filled.typed,
        errors=filled.errors,
        labels=labels(one_row.fields, langs),
        langs=langs,
        seen=mark,
        now_there=differing(now, filled.values, one_row.fields) if now is not None else [],
        facts=facts,
        may_change=who().role is Role.ADMIN,
        **one_row.more,
    )
