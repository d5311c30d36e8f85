"""The blocks of a draft: added, written, moved, taken out; a picture has the page that all pictures have."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from booking.kernel.database import unit_of_work
from booking.kernel.refusals import Refusal
from booking.newsletter import issues
from booking.newsletter.models import BlockKind, IssueState, NewsBlock
from booking.pictures.keeping import PictureHolder
from booking.records import audited_rows
from booking.web.admin.newsletter.block_words import block_kinds, fields_of
from booking.web.admin.newsletter.issues import issue_page, known_issue
from booking.web.admin.set_up import pictures
from booking.web.admin.set_up.pictures import LARGEST_FORM, PictureSubject
from booking.web.blueprints import admin
from booking.web.forms.entry import EntryPage, differing
from booking.web.forms.filled import Filled, columns, read, show, with_other_languages
from booking.web.guards.access import staff, who
from booking.web.languages import centre
from booking.web.refusals import sentence
from booking.web.typed import one_of


@admin.get("/newsletter/<int:issue_id>/add")
@staff()
def new_news_block(issue_id: int) -> ResponseReturnValue:
    """The form of a new block of the kind that the address says."""
    kind = _kind_asked(issue_id)
    return _form(issue_id, kind, None, Filled(typed=show({}, fields_of(kind), centre().languages)))


@admin.post("/newsletter/<int:issue_id>/add")
@staff()
def add_news_block(issue_id: int) -> ResponseReturnValue:
    """One more at the bottom; a picture's begins empty."""
    kind = _kind_asked(issue_id)
    fields = [] if kind is BlockKind.PICTURE else fields_of(kind)
    filled = read(request.form, fields, centre().languages)
    if filled.errors:
        return _form(issue_id, kind, None, filled), 422
    try:
        with unit_of_work():
            block_id = issues.add_block(issue_id, kind, filled.stored(fields), who().actor)
    except Refusal as refusal:
        answer = sentence(refusal)
        return issue_page(known_issue(issue_id), problem=answer, status=answer.status)
    if kind is BlockKind.PICTURE:
        return redirect(url_for("admin.news_picture", block_id=block_id), 303)
    flash(_("Saved."))
    return redirect(url_for("admin.newsletter_issue", issue_id=issue_id), 303)


@admin.get("/newsletter/block/<int:block_id>")
@staff()
def news_block(block_id: int) -> ResponseReturnValue:
    """A block as it stands."""
    block = _known_block(block_id)
    if block.kind is BlockKind.PICTURE:
        return redirect(url_for("admin.news_picture", block_id=block_id), 303)
    fields = fields_of(block.kind)
    values = audited_rows.values_of(block, columns(fields))
    filled = Filled(typed=show(values, fields, centre().languages))
    return _form(block.issue_id, block.kind, block, filled, audited_rows.mark_of(values))


@admin.post("/newsletter/block/<int:block_id>")
@staff()
def change_news_block(block_id: int) -> ResponseReturnValue:
    """Write it anew."""
    block = _known_block(block_id)
    if block.kind is BlockKind.PICTURE:
        abort(404)
    fields, seen = fields_of(block.kind), request.form.get("seen", "")[:40]
    filled = read(request.form, fields, centre().languages)
    if filled.errors:
        return _form(block.issue_id, block.kind, block, filled, seen), 422
    before = audited_rows.values_of(block, columns(fields))
    stored = with_other_languages(filled.stored(fields), before, fields, centre().languages)
    try:
        with unit_of_work():
            issues.hold_draft(block.issue_id)
            audited_rows.change(NewsBlock, block_id, stored, seen=seen, actor=who().actor, what="news_block")
    except audited_rows.RowChangedMeanwhile as refusal:
        there = differing(refusal.now, filled.values, fields)
        mark = audited_rows.mark_of(refusal.now)
        return _form(block.issue_id, block.kind, block, filled, mark, there), 409
    except Refusal as refusal:
        answer = sentence(refusal)
        return issue_page(known_issue(block.issue_id), problem=answer, status=answer.status)
    flash(_("Saved."))
    return redirect(url_for("admin.newsletter_issue", issue_id=block.issue_id), 303)


@admin.post("/newsletter/block/<int:block_id>/move")
@staff()
def move_news_block(block_id: int) -> ResponseReturnValue:
    """Up, down, or out."""
    block, act = _known_block(block_id), request.form.get("act", "")
    try:
        with unit_of_work():
            if act == "out":
                issues.remove_block(block.issue_id, block_id, who().actor)
            elif act in ("up", "down"):
                issues.shift_block(block.issue_id, block_id, -1 if act == "up" else 1)
    except Refusal as refusal:
        answer = sentence(refusal)
        return issue_page(known_issue(block.issue_id), problem=answer, status=answer.status)
    return redirect(url_for("admin.newsletter_issue", issue_id=block.issue_id, _anchor="blocks"), 303)


@admin.get("/newsletter/block/<int:block_id>/picture")
@staff()
def news_picture(block_id: int) -> ResponseReturnValue:
    """The picture of a block."""
    return pictures.shown(_of_block(block_id))


@admin.post("/newsletter/block/<int:block_id>/picture")
@staff(largest=LARGEST_FORM)
def save_news_picture(block_id: int) -> ResponseReturnValue:
    """Another picture, or other words for it."""
    return _while_draft(block_id, pictures.save)


@admin.post("/newsletter/block/<int:block_id>/picture/remove")
@staff()
def remove_news_picture(block_id: int) -> ResponseReturnValue:
    """None any more."""
    return _while_draft(block_id, pictures.remove)


def _kind_asked(issue_id: int) -> BlockKind:
    kind = one_of(BlockKind, request.args.get("kind"))
    if kind is None or known_issue(issue_id).state is not IssueState.DRAFT:
        abort(404)
    return kind


def _known_block(block_id: int) -> NewsBlock:
    """A block of a draft; what has begun to go out has no forms any more."""
    block = audited_rows.find(NewsBlock, block_id)
    if block is None or known_issue(block.issue_id).state is not IssueState.DRAFT:
        abort(404)
    return block


def _of_block(block_id: int) -> PictureSubject:
    block = _known_block(block_id)
    if block.kind is not BlockKind.PICTURE:
        abort(404)
    issue_id = block.issue_id
    return PictureSubject(
        PictureHolder(NewsBlock, block_id),
        _("Picture of a newsletter"),
        f"news-{block_id}",
        here=url_for("admin.news_picture", block_id=block_id),
        remove=url_for("admin.remove_news_picture", block_id=block_id),
        home=url_for("admin.newsletter_issue", issue_id=block.issue_id),
        hold=lambda: issues.hold_draft(issue_id),
    )


def _while_draft(block_id: int, write: Callable[[PictureSubject], ResponseReturnValue]) -> ResponseReturnValue:
    """Change the picture; or say how the issue stands, where somebody has scheduled it while the picture was cut."""
    issue_id = _known_block(block_id).issue_id
    try:
        return write(_of_block(block_id))
    except issues.IssueStands as refusal:
        answer = sentence(refusal)
        return issue_page(known_issue(issue_id), problem=answer, status=answer.status)


def _form(
    issue_id: int,
    kind: BlockKind,
    block: NewsBlock | None,
    filled: Filled,
    seen: str = "",
    now_there: Sequence[tuple[str, str]] = (),
) -> str:
    page = EntryPage(
        title=block_kinds()[kind],
        row=block,
        home=url_for("admin.newsletter_issue", issue_id=issue_id),
        fields=fields_of(kind),
        filled=filled,
        langs=centre().languages,
        seen=seen,
        now_there=now_there,
    )
    return render_template("admin/entry.html", page=page)
