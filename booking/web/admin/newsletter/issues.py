"""Issues: the list with its figures, one issue with its blocks and its preview, and when it goes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from booking.kernel import clock
from booking.kernel.database import unit_of_work
from booking.kernel.refusals import Refusal
from booking.newsletter import audience, issues, queries, sending, topics
from booking.newsletter.issues import IssueFacts
from booking.newsletter.models import IssueState, NewsFate, NewsIssue, SubscriberState
from booking.outbox.promises import promise
from booking.records import audited_rows
from booking.web.admin.newsletter.looking import IssueLook, look_at
from booking.web.admin.newsletter.refusals import issue_states, topic_gone
from booking.web.blueprints import admin
from booking.web.forms.chosen_fields import SeveralField
from booking.web.forms.dates import moment
from booking.web.forms.entry import EntryPage, differing
from booking.web.forms.fields import ClockField, DayField, Field, Form, Inputs, TextsField
from booking.web.forms.filled import Filled, columns, read, show, with_other_languages
from booking.web.guards.access import staff, who
from booking.web.languages import LANGUAGES, centre, topics_in_words, wording
from booking.web.refusals import RefusalAnswer, sentence
from booking.web.typed import Wrong

LONGEST_SUBJECT = 150


@dataclass(frozen=True, slots=True)
class IssuesPage:
    """All issues, the newest first, with what became of their letters; and how many read them."""

    issues: Sequence[IssueFacts]
    figures: Mapping[int, Mapping[NewsFate, int]]
    standing: Mapping[IssueState, str]
    readers: int
    has_topics: bool

    states: ClassVar = IssueState
    fates: ClassVar = NewsFate


@dataclass(frozen=True, slots=True)
class IssuePage:
    """One issue; `when` is the form that schedules it."""

    look: IssueLook
    standing: Mapping[IssueState, str]
    when: Filled
    fields: Sequence[Field]
    problem: RefusalAnswer | None = None

    @property
    def issue(self) -> IssueFacts:
        """The issue itself."""
        return self.look.issue

    @property
    def errors(self) -> Mapping[str, str]:
        """What is wrong with the moment."""
        return self.when.errors

    states: ClassVar = IssueState
    fates: ClassVar = NewsFate


@admin.get("/newsletter")
@staff()
def newsletter_issues() -> str:
    """All issues."""
    newest = issues.latest()
    page = IssuesPage(
        issues=newest,
        figures=sending.figures(newest),
        standing=issue_states(),
        readers=queries.by_state()[SubscriberState.CONFIRMED],
        has_topics=bool(centre().newsletter_topics),
    )
    return render_template("admin/newsletter.html", page=page)


@admin.post("/newsletter/new")
@staff()
def new_newsletter_issue() -> ResponseReturnValue:
    """An empty draft, whose subject is asked for first."""
    with unit_of_work():
        issue_id = issues.new_issue(clock.now(), who().actor)
    return redirect(url_for("admin.edit_newsletter_issue", issue_id=issue_id), 303)


@admin.get("/newsletter/<int:issue_id>")
@staff()
def newsletter_issue(issue_id: int) -> ResponseReturnValue:
    """One issue: what is in it, how its readers will see it, to whom it goes, what became of it."""
    return issue_page(known_issue(issue_id))


@admin.get("/newsletter/<int:issue_id>/edit")
@staff()
def edit_newsletter_issue(issue_id: int) -> ResponseReturnValue:
    """Subject and readers of a draft."""
    if known_issue(issue_id).state is not IssueState.DRAFT:
        return redirect(url_for("admin.newsletter_issue", issue_id=issue_id), 303)
    row = audited_rows.known(NewsIssue, issue_id)
    fields = _fields(row)
    values = audited_rows.values_of(row, columns(fields))
    return _form(row, Filled(typed=show(values, fields, centre().languages)), audited_rows.mark_of(values))


@admin.post("/newsletter/<int:issue_id>/edit")
@staff()
def save_newsletter_issue(issue_id: int) -> ResponseReturnValue:
    """Keep them, unless somebody else has been there or it is no draft any more."""
    known_issue(issue_id)
    row, seen = audited_rows.known(NewsIssue, issue_id), request.form.get("seen", "")[:40]
    fields = _fields(row)
    filled = read(request.form, fields, centre().languages)
    if filled.errors:
        return _form(row, filled, seen), 422
    before = audited_rows.values_of(row, columns(fields))
    stored = with_other_languages(filled.stored(fields), before, fields, centre().languages)
    try:
        with unit_of_work():
            issues.hold_draft(issue_id)
            topics.hold(stored["topics"])
            audited_rows.change(NewsIssue, issue_id, stored, seen=seen, actor=who().actor, what="news_issue")
    except audited_rows.RowChangedMeanwhile as refusal:
        return _form(row, filled, audited_rows.mark_of(refusal.now), differing(refusal.now, filled.values, fields)), 409
    except topics.TopicGone as refusal:
        filled.errors["topics"] = sentence(refusal).text
        return _form(row, filled, seen), 422
    except Refusal as refusal:
        flash(sentence(refusal).text)
        return redirect(url_for("admin.newsletter_issue", issue_id=issue_id), 303)
    flash(_("Saved."))
    return redirect(url_for("admin.newsletter_issue", issue_id=issue_id), 303)


@admin.post("/newsletter/<int:issue_id>/test")
@staff()
def try_newsletter_issue(issue_id: int) -> ResponseReturnValue:
    """The letter to oneself, as a reader of this language gets it."""
    known_issue(issue_id)
    lang = request.form.get("lang", "")
    lang = lang if lang in centre().languages else centre().languages[0]
    about = {"issue_id": issue_id, "account_id": who().account_id, "lang": lang}
    with unit_of_work():
        now = int(clock.now().timestamp())
        promise("mail.news_trial", f"news_trial:{issue_id}:{lang}:{who().account_id}:{now}", about)
    flash(_("A letter in %(language)s is on its way to you.", language=LANGUAGES[lang]))
    return redirect(url_for("admin.newsletter_issue", issue_id=issue_id, in_lang=lang, _anchor="preview"), 303)


@admin.post("/newsletter/<int:issue_id>/schedule")
@staff()
def schedule_newsletter_issue(issue_id: int) -> ResponseReturnValue:
    """Send it now, or at a moment."""
    issue, now = known_issue(issue_id), clock.now()
    filled = Filled() if request.form.get("now") else read(request.form, when_fields(), ())
    if filled.errors:
        return issue_page(issue, filled, status=422)
    try:
        send_at = moment(filled.values["day"], filled.values["time"]) if filled.values else now
        with unit_of_work():
            sending.schedule(issue_id, send_at, now, who().actor)
    except Refusal as refusal:
        answer = sentence(refusal)
        return issue_page(issue, filled, answer, answer.status)
    flash(_("It goes out %(when)s.", when=wording().moment(send_at)) if filled.values else _("It begins to go out."))
    return redirect(url_for("admin.newsletter_issue", issue_id=issue_id), 303)


@admin.post("/newsletter/<int:issue_id>/withdraw")
@staff()
def withdraw_newsletter_issue(issue_id: int) -> ResponseReturnValue:
    """Back to a draft."""
    return _done(issue_id, lambda: sending.withdraw(issue_id, who().actor), _("It is a draft again."))


@admin.post("/newsletter/<int:issue_id>/halt")
@staff()
def halt_newsletter_issue(issue_id: int) -> ResponseReturnValue:
    """No further letter."""
    return _done(issue_id, lambda: sending.halt(issue_id, who().actor), _("Halted. No further letter goes."))


@admin.post("/newsletter/<int:issue_id>/go-on")
@staff()
def go_on_newsletter_issue(issue_id: int) -> ResponseReturnValue:
    """On from where it was halted."""
    return _done(issue_id, lambda: sending.go_on(issue_id, clock.now(), who().actor), _("It goes on."))


@admin.post("/newsletter/<int:issue_id>/remove")
@staff()
def remove_newsletter_issue(issue_id: int) -> ResponseReturnValue:
    """Throw a draft away."""
    known_issue(issue_id)
    try:
        with unit_of_work():
            issues.remove_issue(issue_id, who().actor)
    except Refusal as refusal:
        answer = sentence(refusal)
        return issue_page(known_issue(issue_id), problem=answer, status=answer.status)
    flash(_("Taken away."))
    return redirect(url_for("admin.newsletter_issues"), 303)


def known_issue(issue_id: int) -> IssueFacts:
    """The issue of this number, or no such page."""
    issue = issues.issue_of(issue_id)
    if issue is None:
        abort(404)
    return issue


def issue_page(
    issue: IssueFacts, when: Filled | None = None, problem: RefusalAnswer | None = None, status: int = 200
) -> ResponseReturnValue:
    """The page of an issue, with what is wrong, if anything is."""
    page = IssuePage(
        look=look_at(issue, request.args.get("in_lang", "")),
        standing=issue_states(),
        when=when or Filled(typed=_soon()),
        fields=when_fields(),
        problem=problem,
    )
    return render_template("admin/news_issue.html", page=page), status


def when_fields() -> list[Field]:
    """The moment when an issue goes."""
    return [DayField("day", _("Day")), ClockField("time", _("Time"), hint=_("By the centre's clock."))]


def _soon() -> dict[str, str]:
    local = centre().local(clock.now())
    return {"day": local.date().isoformat(), "time": ""}


def _done(issue_id: int, act: Callable[[], None], words: str) -> ResponseReturnValue:
    issue = known_issue(issue_id)
    try:
        with unit_of_work():
            act()
    except Refusal as refusal:
        answer = sentence(refusal)
        return issue_page(issue, problem=answer, status=answer.status)
    flash(words)
    return redirect(url_for("admin.newsletter_issue", issue_id=issue_id), 303)


class NarrowingField(SeveralField):
    """Any of several, where none is all: what was ticked and is no choice any more is never dropped in silence."""

    __slots__ = ()

    def typed(self, form: Form, _langs: Sequence[str]) -> Inputs:
        """What was ticked, also where it is no choice."""
        return {self.name: [choice[:40] for choice in form.getlist(self.name)[:50]]}

    def value(self, inputs: Inputs, langs: Sequence[str]) -> list[str]:
        """All that was ticked. Raises Wrong where some of it is no choice."""
        if not set(inputs[self.name]) <= self.words.keys():
            raise Wrong(_("Something that was ticked is no longer there. Look at what is ticked now, and save again."))
        return super().value(inputs, langs)


def _fields(row: NewsIssue) -> list[Field]:
    called, names = topics_in_words(), {lang: LANGUAGES[lang] for lang in centre().languages if lang in LANGUAGES}
    about = [*called.items(), *((topic, topic_gone(topic)) for topic in row.topics if topic not in called)]
    langs = [*names.items(), *((lang, LANGUAGES.get(lang, lang)) for lang in row.langs if lang not in names)]
    counts = sum(audience.count_by_language([], []).values())
    everybody = _("None ticked: all %(count)s who read the newsletter.", count=counts)
    return [
        TextsField(
            "subject", _("Subject of the letter"), most=LONGEST_SUBJECT, hint=_("It stands above the letter, too.")
        ),
        NarrowingField("topics", _("To those who read about"), choices=about, required=False, hint=everybody),
        NarrowingField(
            "langs", _("To those who read in"), choices=langs, required=False, hint=_("None ticked: in any.")
        ),
    ]


def _form(row: NewsIssue, filled: Filled, seen: str, now_there: Sequence[tuple[str, str]] = ()) -> str:
    page = EntryPage(
        title=_("Subject and readers"),
        row=row,
        home=url_for("admin.newsletter_issue", issue_id=row.id),
        fields=_fields(row),
        filled=filled,
        langs=centre().languages,
        seen=seen,
        now_there=now_there,
    )
    return render_template("admin/entry.html", page=page)
