"""A batch of invoices: what the marked ones become is shown first, by payer; one press issues what can be issued."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from booking.invoicing.issue import ReceivableGone, ReceivableWaits, issue_all
from booking.invoicing.queries import numbers_on
from booking.kernel import clock
from booking.kernel.refusals import Refusal
from booking.staff.models import Role
from booking.web.admin.money.invoices import WHY_WAITING, DraftRow, is_key, list_again, rows_of
from booking.web.blueprints import admin
from booking.web.guards.access import staff, who
from booking.web.languages import centre
from booking.web.refusals import sentence
from booking.web.typed import sum_shown

MOST_RECEIVABLES = 2_000
MOST_DOCUMENTS = 200  # of one press


@dataclass(frozen=True, slots=True)
class Marked:
    """What is to become one document, by its keys; `gross` what it was shown to come to, None where it was not."""

    keys: tuple[str, ...]
    gross: int | None


@dataclass(frozen=True, slots=True)
class BatchPayer:
    """What one payer gets; `gross` in minor units."""

    name: str
    org_number: str
    documents: int
    receivables: int
    gross: int


@dataclass(frozen=True, slots=True)
class BatchPage:
    """What the marked ones become: documents, what of them waits and why, what somebody has invoiced meanwhile.

    `left_out` is how many documents are too many for one press.
    """

    rows: Sequence[DraftRow]
    payers: Sequence[BatchPayer]
    waiting: Sequence[DraftRow]
    gone: Sequence[str]
    left_out: int

    @property
    def gross(self) -> int:
        """All that can be issued, in minor units."""
        return sum(payer.gross for payer in self.payers)

    @property
    def waiting_sum(self) -> int:
        """All that waits, in minor units."""
        return sum(row.draft.gross for row in self.waiting)


@admin.post("/invoices/batch")
@staff(Role.FINANCE)
def preview_batch() -> ResponseReturnValue:
    """Show what the marked ones become, or all that can go out."""
    rows = [row for row in rows_of(None) if row.is_marked] if request.form.get("all") else []
    keys = [key for row in rows for key in row.draft.keys] or _keys(_marked())
    if not keys:
        return list_again([_("Mark what is to be invoiced.")], 422)
    rows = rows or rows_of(keys)
    there = {key for row in rows for key in row.draft.keys}
    ready = [row for row in rows if not row.why]
    page = BatchPage(
        rows=ready[:MOST_DOCUMENTS],
        payers=_by_payer(ready[:MOST_DOCUMENTS]),
        waiting=[row for row in rows if row.why],
        gone=_gone([key for key in keys if key not in there]),
        left_out=len(ready[MOST_DOCUMENTS:]),
    )
    return render_template("admin/batch.html", page=page)


@admin.post("/invoices/issue")
@staff(Role.FINANCE)
def issue_invoices() -> ResponseReturnValue:
    """Issue what is marked; each document by itself, so that one that waits stops no other."""
    marked = _marked()[:MOST_DOCUMENTS]
    if not marked:
        return list_again([_("Mark what is to be invoiced.")], 422)
    changed = _changed(marked)
    keys = _keys([document for document in marked if document not in changed])
    done, refusals = issue_all(keys, centre(), clock.now(), who().actor) if keys else ([], [])
    reasons = list(dict.fromkeys(_words(refusal) for refusal in refusals))
    if changed:
        reasons.append(_("Something has changed since it was shown and was not issued. Look at it once more."))
    if not done:
        return list_again(reasons, 409)
    flash(ngettext("%(num)s invoice issued.", "%(num)s invoices issued.", len(done)))
    for reason in reasons:
        flash(reason)
    return redirect(url_for("admin.invoices"), 303)


def _marked() -> list[Marked]:
    """What was marked, each once; sums where the page that carried it had shown them."""
    values = list(dict.fromkeys(request.form.getlist("receivable")))
    shown = [sum_shown(gross) for gross in request.form.getlist("gross")]
    sums = shown if len(shown) == len(values) else [None] * len(values)
    marked = [
        Marked(tuple(key for key in value.split(" ") if is_key(key)), gross)
        for value, gross in zip(values, sums, strict=True)
    ]
    return [document for document in marked if document.keys]


def _keys(marked: Sequence[Marked]) -> list[str]:
    return list(dict.fromkeys(key for document in marked for key in document.keys))[:MOST_RECEIVABLES]


def _changed(marked: Sequence[Marked]) -> list[Marked]:
    """What comes to another sum than was shown, although nobody has invoiced any of it."""
    if all(document.gross is None for document in marked):
        return []
    gross = {
        receivable.key: receivable.gross
        for row in rows_of(_keys(marked))
        for receivable in row.draft.receivables
    }  # fmt: skip
    return [
        document
        for document in marked
        if document.gross is not None
        and all(key in gross for key in document.keys)
        and sum(gross[key] for key in document.keys) != document.gross
    ]


def _by_payer(rows: Sequence[DraftRow]) -> list[BatchPayer]:
    payers: dict[str, BatchPayer] = {}
    for draft in (row.draft for row in rows):
        before = payers.get(draft.payer.key, BatchPayer(draft.payer.name, draft.payer.org_number, 0, 0, 0))
        payers[draft.payer.key] = BatchPayer(
            before.name,
            before.org_number,
            before.documents + 1,
            before.receivables + len(draft.receivables),
            before.gross + draft.gross,
        )
    return sorted(payers.values(), key=lambda payer: (-payer.gross, payer.name))


def _gone(keys: Sequence[str]) -> list[str]:
    numbers = numbers_on(keys)
    return list(dict.fromkeys(_words(ReceivableGone(key, numbers.get(key))) for key in keys))


def _words(refusal: Refusal) -> str:
    if isinstance(refusal, ReceivableWaits):
        return str(_("Not issued: %(why)s.", why=WHY_WAITING[refusal.why]))
    if isinstance(refusal, ReceivableGone) and refusal.number is not None:
        return str(_("Somebody has invoiced it already: invoice %(number)s.", number=refusal.number))
    return sentence(refusal).text
