"""What the centre writes about: each topic in the centre's languages, and one more at the end."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from booking.kernel.database import unit_of_work
from booking.newsletter import queries, topics
from booking.records.audited_rows import RowChangedMeanwhile
from booking.web.blueprints import admin
from booking.web.forms.fields import Field, Inputs, TextsField
from booking.web.forms.filled import Filled, labels, read, show
from booking.web.guards.access import staff, who
from booking.web.languages import centre, wording
from booking.web.refusals import sentence

LONGEST_NAME = 60
NEW = "new"


@dataclass(frozen=True, slots=True)
class TopicRow:
    """One topic of the form: its key, its fields, how many read about it."""

    key: str
    field: Field
    readers: int


@dataclass(frozen=True, slots=True)
class TopicsPage:
    """The topics as they stand or were typed. `changed`: by somebody else meanwhile."""

    rows: Sequence[TopicRow]
    new: Field | None
    typed: Inputs
    gone: Sequence[str]
    errors: Mapping[str, str]
    langs: Sequence[str]
    seen: str
    changed: bool = False

    @property
    def labels(self) -> Mapping[str, str]:
        """What each input is called."""
        fields = [row.field for row in self.rows] + ([self.new] if self.new else [])
        return labels(fields, self.langs)


@admin.get("/newsletter/topics")
@staff()
def newsletter_topics() -> str:
    """The topics as they stand."""
    return _page(Filled(typed=_standing()), topics.mark_of(centre().newsletter_topics))


@admin.post("/newsletter/topics")
@staff()
def save_newsletter_topics() -> ResponseReturnValue:
    """Keep their names, take some away, add one."""
    before, langs, seen = centre().newsletter_topics, centre().languages, request.form.get("seen", "")[:40]
    fields, gone = _fields(), request.form.getlist("gone")
    new = _new_field()
    filled = read(request.form, [*fields, new], langs)
    filled.errors = {name: text for name, text in filled.errors.items() if name.split("-")[1] not in gone}
    if filled.errors:
        return _page(filled, seen, gone), 422
    others = {key: {lang: name for lang, name in names.items() if lang not in langs} for key, names in before.items()}
    kept = {key: others[key] | filled.values[f"topic-{key}"] for key in before if key not in gone}
    fresh = filled.values[new.name] if len(kept) < topics.MOST_TOPICS else None
    try:
        with unit_of_work():
            topics.keep_topics(kept, fresh, seen, who().actor, langs[0])
    except topics.TopicNamed as refusal:
        answer = sentence(refusal)
        filled.errors |= {f"topic-{key}-{langs[0]}": answer.text for key in refusal.topics}
        return _page(filled, seen, gone), answer.status
    except RowChangedMeanwhile:
        page_now = topics.mark_of(centre().newsletter_topics)
        return _page(filled, page_now, gone, changed=True), 409
    flash(_("Saved."))
    return redirect(url_for("admin.newsletter_topics"), 303)


def _fields() -> list[TextsField]:
    called = centre().newsletter_topics.items()
    return [TextsField(f"topic-{key}", wording().words(names), most=LONGEST_NAME) for key, names in called]


def _new_field() -> TextsField:
    hint = _("Leave it empty to add none. Readers choose it from now on.")
    return TextsField(f"topic-{NEW}", _("A new topic"), most=LONGEST_NAME, required=False, hint=hint)


def _standing() -> Inputs:
    values = {f"topic-{key}": names for key, names in centre().newsletter_topics.items()}
    return show(values, [*_fields(), _new_field()], centre().languages)


def _page(filled: Filled, seen: str, gone: Sequence[str] = (), *, changed: bool = False) -> str:
    counts = queries.by_topic()
    rows = [
        TopicRow(key, replace(field, required=True), counts.get(key, 0))
        for key, field in zip(centre().newsletter_topics, _fields(), strict=True)
    ]
    page = TopicsPage(
        rows=rows,
        new=_new_field() if len(rows) < topics.MOST_TOPICS else None,
        typed=filled.typed,
        gone=gone,
        errors=filled.errors,
        langs=centre().languages,
        seen=seen,
        changed=changed,
    )
    return render_template("admin/news_topics.html", page=page)
