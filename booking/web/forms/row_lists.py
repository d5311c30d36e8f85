"""Lists of rows that administrators keep: a page to add one, to change one and to take one away, from its fields."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from booking.kernel.database import Model, unit_of_work
from booking.kernel.refusals import Refusal
from booking.records import audited_rows
from booking.records.audited_rows import Gone, InUse, Meets, RowChangedMeanwhile
from booking.staff.models import Role
from booking.web.admin import admin
from booking.web.forms.checked import tidy
from booking.web.forms.fields import FORMS, Field, FieldKind, Filled, labels, read, show, with_other_languages
from booking.web.guards.access import staff, who
from booking.web.languages import centre, wording
from booking.web.refusals import sentence

Values = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Register:
    """One list. `what` names its rows in the log; `home` is the endpoint to go back to.

    `complete` adds columns that are worked out from the others (row id or None, values); `afterwards` does what
    belongs to the row, inside the same unit of work (row id, values); `beside` fills the fields that are no columns.
    `saved` is where to go when it is saved, if that is not home. `lookers` may look beside the administrators. `tries`
    says what a form would mean when it is only tried (whether that is good, and the sentence); `refused` puts a refusal
    of the domain into words, by field. `asks` gives a page to be answered ("sure") before it is saved; `before` does
    what must be done before the row is written, in the same unit of work; `stays` says why a row may not be taken
    away, and where to go instead.
    """

    key: str
    what: str
    table: type[Model]
    title_new: Callable[[], str]
    title_one: Callable[[Model], str]
    fields: Callable[[Model | None], Sequence[Field]]
    home: Callable[[Model | None], str]
    complete: Callable[[int | None, Values], Values] = lambda _id, _values: {}
    wrong: Callable[[Values], Mapping[str, str]] = lambda _values: {}
    afterwards: Callable[[int, Values], None] = lambda _id, _values: None
    beside: Callable[[int], Values] = lambda _id: {}
    add: Callable[[Values], None] | None = None
    defaults: Callable[[], Values] = dict
    more: Callable[[Model], Values] = lambda _row: {}
    template: str = "admin/entry.html"
    quiet: Collection[str] = ()
    removable: bool = True
    saved: Callable[[int], str] | None = None
    lookers: Collection[Role] = ()
    tries: Callable[[Filled], tuple[bool, str]] | None = None
    refused: Callable[[Refusal], Mapping[str, str]] = lambda _refusal: {}
    asks: Callable[[Values], str | None] = lambda _values: None
    before: Callable[[int | None, Values], None] = lambda _id, _values: None
    stays: Callable[[Model], tuple[str, str] | None] = lambda _row: None


def join(register: Register) -> None:
    """Give a list its addresses: /staff/<key>/new, /staff/<key>/<id> and its /remove."""
    FORMS[register.what] = lambda: register.fields(None)
    base, name = f"/{register.key}", register.key.replace("-", "_")

    def new() -> ResponseReturnValue:
        fields = register.fields(None)
        asked = {field.name: _asked(field) for field in fields if field.name in request.args}
        typed = show(register.defaults(), fields, centre().languages) | asked
        return _page(register, None, fields, Filled(typed=typed))

    def add() -> ResponseReturnValue:
        return _add(register)

    def one(row_id: int) -> ResponseReturnValue:
        row = _known(register, row_id)
        fields = register.fields(row)
        return _page(register, row, fields, Filled(typed=_standing(register, row, row_id, fields)))

    def change(row_id: int) -> ResponseReturnValue:
        return _change(register, row_id)

    def remove(row_id: int) -> ResponseReturnValue:
        return _remove(register, row_id)

    admin.add_url_rule(f"{base}/new", f"{name}_new", staff()(new), methods=["GET"])
    admin.add_url_rule(f"{base}/new", f"{name}_add", staff()(add), methods=["POST"])
    admin.add_url_rule(f"{base}/<int:row_id>", f"{name}_one", staff(*register.lookers)(one), methods=["GET"])
    admin.add_url_rule(f"{base}/<int:row_id>", f"{name}_change", staff()(change), methods=["POST"])
    if register.removable:
        admin.add_url_rule(f"{base}/<int:row_id>/remove", f"{name}_remove", staff()(remove), methods=["POST"])


def _asked(field: Field) -> str | list[str]:
    """What the address that led here says of a field."""
    if field.sort in (FieldKind.SEVERAL, FieldKind.WEEKDAYS):
        return request.args.getlist(field.name)
    return tidy(request.args[field.name])[: field.most]


def _add(register: Register) -> ResponseReturnValue:
    fields = register.fields(None)
    filled = _read(register, fields)
    if _is_tried(register):
        return _page(register, None, fields, filled)
    if filled.errors:
        return _page(register, None, fields, filled), 422
    if (question := _asked_first(register, filled.values)) is not None:
        return question
    try:
        with unit_of_work():
            if register.add is not None:
                register.add(filled.values)
                row_id = 0
            else:
                register.before(None, filled.values)
                values = filled.stored(fields) | register.complete(None, filled.values)
                row_id = audited_rows.add(
                    register.table, values, actor=who().actor, what=register.what, quiet=register.quiet
                )
                register.afterwards(row_id, filled.values)
    except Meets:
        return _page(register, None, fields, _meets(filled, fields)), 409
    except Refusal as refusal:
        return _page(register, None, fields, _refused(register, refusal, filled)), 409
    flash(_("Saved."))
    return redirect(_next(register, row_id), 303)


def _change(register: Register, row_id: int) -> ResponseReturnValue:
    row = _known(register, row_id)
    fields = register.fields(row)
    filled = _read(register, fields)
    if _is_tried(register):
        return _page(register, row, fields, filled, mark=request.form.get("seen", ""))
    if filled.errors:
        return _page(register, row, fields, filled, mark=request.form.get("seen", "")), 422
    if (question := _asked_first(register, filled.values)) is not None:
        return question
    before = audited_rows.values_of(row, [field.name for field in fields if field.stored])
    stored = with_other_languages(filled.stored(fields), before, fields, centre().languages)
    seen, _dot, seen_beside = request.form.get("seen", "").partition(".")
    try:
        with unit_of_work():
            register.before(row_id, filled.values)
            worked_out = register.complete(row_id, filled.values)
            stored |= {name: worked_out.pop(name) for name in list(worked_out) if name in stored}
            filled.values.update(stored)
            audited_rows.change(
                register.table,
                row_id,
                stored,
                seen=seen,
                actor=who().actor,
                what=register.what,
                quiet=register.quiet,
            )
            beside = register.beside(row_id)  # the row is locked by now, so that nobody writes this meanwhile
            if beside and audited_rows.mark_of(beside) != seen_beside:
                raise RowChangedMeanwhile(before | beside)
            if worked_out:
                fresh = audited_rows.find(register.table, row_id)
                for name, value in worked_out.items():
                    setattr(fresh, name, value)
            register.afterwards(row_id, filled.values)
    except RowChangedMeanwhile as refusal:
        mark = _mark(register, row_id, {name: refusal.now[name] for name in stored})
        return _page(register, row, fields, filled, mark=mark, now=refusal.now), 409
    except Meets:
        return _page(register, row, fields, _meets(filled, fields), mark=request.form.get("seen", "")), 409
    except Gone:
        abort(404)
    except Refusal as refusal:
        said = _refused(register, refusal, filled)
        return _page(register, row, fields, said, mark=request.form.get("seen", "")), 409
    flash(_("Saved."))
    return redirect(_next(register, row_id), 303)


def _asked_first(register: Register, values: Values) -> str | None:
    return None if request.form.get("sure") else register.asks(values)


def _next(register: Register, row_id: int) -> str:
    return (
        register.home(audited_rows.find(register.table, row_id)) if register.saved is None else register.saved(row_id)
    )


def _is_tried(register: Register) -> bool:
    return register.tries is not None and "try" in request.form


def _refused(register: Register, refusal: Refusal, filled: Filled) -> Filled:
    """The form as it was typed, with what the domain has against it. Raises a refusal that has no words here."""
    said = register.refused(refusal)
    if not said:
        raise refusal
    return Filled(filled.values, filled.typed, dict(said))


def _meets(filled: Filled, fields: Sequence[Field]) -> Filled:
    """Something came in between that the form could not know of."""
    first = next(iter(labels(fields[:1], centre().languages)))
    return Filled(filled.values, filled.typed, {first: sentence(Meets()).text})


def _remove(register: Register, row_id: int) -> ResponseReturnValue:
    row = _known(register, row_id)
    fields, home = register.fields(row), register.home(row)
    if (kept := register.stays(row)) is not None:
        words, instead = kept
        flash(words)
        return redirect(instead, 303)
    try:
        with unit_of_work():
            names = [field.name for field in fields if field.stored]
            audited_rows.remove(register.table, row_id, actor=who().actor, what=register.what, names=names)
    except InUse as refusal:
        flash(sentence(refusal).text)
        return redirect(url_for(f"admin.{register.key.replace('-', '_')}_one", row_id=row_id), 303)
    except Gone:
        abort(404)
    flash(_("Taken away."))
    return redirect(home, 303)


def _read(register: Register, fields: Sequence[Field]) -> Filled:
    filled = read(request.form, fields, centre().languages)
    if _is_tried(register):
        filled.errors = {name: text for name, text in filled.errors.items() if filled.typed.get(name)}
    elif not filled.errors:
        filled.errors |= register.wrong(filled.values)
    return filled


def _known(register: Register, row_id: int) -> Model:
    row = audited_rows.find(register.table, row_id)
    if row is None:
        abort(404)
    return row


def _standing(register: Register, row: Model, row_id: int, fields: Sequence[Field]) -> Values:
    names = [field.name for field in fields if field.stored]
    return show(audited_rows.values_of(row, names) | register.beside(row_id), fields, centre().languages)


def _page(
    register: Register,
    row: Model | None,
    fields: Sequence[Field],
    filled: Filled,
    *,
    mark: str = "",
    now: Mapping[str, Any] | None = None,
) -> str:
    langs = centre().languages
    if row is not None and not mark:
        columns = audited_rows.values_of(row, [field.name for field in fields if field.stored])
        mark = _mark(register, audited_rows.id_of(row), columns)
    return render_template(
        register.template,
        title=register.title_new() if row is None else register.title_one(row),
        row=row,
        home=register.home(row),
        fields=fields,
        typed=filled.typed,
        errors=filled.errors,
        labels=labels(fields, langs),
        langs=langs,
        seen=mark,
        now_there=differing(now, filled.values, fields) if now is not None else [],
        tried=register.tries(filled) if register.tries is not None and "try" in request.form else None,
        can_try=register.tries is not None,
        facts=_facts(row, fields),
        remove=f"admin.{register.key.replace('-', '_')}_remove" if register.removable else "",
        **(register.more(row) if row is not None else {}),
    )


def _mark(register: Register, row_id: int, columns: Mapping[str, Any]) -> str:
    """What the form was filled from: the row's columns, and what stands beside it."""
    beside = register.beside(row_id)
    return audited_rows.mark_of(columns) + (f".{audited_rows.mark_of(beside)}" if beside else "")


def _facts(row: Model | None, fields: Sequence[Field]) -> list[tuple[str, str]]:
    """What a reader sees who may not change it."""
    if row is None or who().role is Role.ADMIN:
        return []
    words = ((field.label, in_words(field, getattr(row, field.name))) for field in fields if field.stored)
    return [(label, said) for label, said in words if said]


def differing(now: Mapping[str, Any], mine: Mapping[str, Any], fields: Sequence[Field]) -> list[tuple[str, str]]:
    """What stands in the row otherwise than was typed, in words."""
    found = []
    for field in fields:
        if field.name not in now:
            continue
        if audited_rows.mark_of({"": now[field.name]}) != audited_rows.mark_of({"": mine.get(field.name)}):
            found.append((field.label, in_words(field, now[field.name])))
    return found


def in_words(field: Field, value: Any) -> str:  # noqa: ANN401  (whatever a column holds)
    """A value as a reader sees it."""
    if isinstance(value, Mapping):
        return str(wording().words(value))
    if isinstance(value, bool):
        return str(_("yes") if value else _("no"))
    shown = next(iter(show({field.name: value}, [field], centre().languages).values()))
    if isinstance(shown, list):
        days = wording().locale.days["stand-alone"]["wide"]
        named = dict(field.choices)
        return ", ".join(days[int(part)] if field.sort == "weekdays" else named.get(part, str(part)) for part in shown)
    return dict(field.choices).get(shown, str(shown))
