"""Invoices: what is to be invoiced and what waits and why; what was issued, with its paper and its XML."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from flask import Response, abort, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import force_locale, lazy_gettext
from flask_babel import gettext as _
from flask_babel.speaklater import LazyString

from booking.centre.wording import LOCALES
from booking.invoicing.ahead.unlike import (
    InvoicedVisit,
    InvoiceUnlike,
    changed_since,
    invoices_to_put_right,
)
from booking.invoicing.bank.late import LateSum, late_paid
from booking.invoicing.bank.queries import InvoicePayment, payments_on
from booking.invoicing.drafts import Draft, drafts_that_wait
from booking.invoicing.files import file_of
from booking.invoicing.issue import rules_of_invoices
from booking.invoicing.models import FileKind
from booking.invoicing.payer.links import is_closed
from booking.invoicing.payer.queries import HowItStands, how_it_stands, mailbox_of, payer_of
from booking.invoicing.payer.words import standing_words
from booking.invoicing.queries import (
    MOST_A_PAGE,
    NEWEST,
    BookingOnInvoice,
    IssuedFacts,
    bookings_on,
    issued,
    issued_one,
    notes_on,
)
from booking.invoicing.receivables import Receivable, ReceivableKind, WhyWaiting, credited_before, open_receivables
from booking.invoicing.reminders.holds import HoldFacts, holds_of
from booking.invoicing.reminders.models import LONGEST_REASON, HoldKind
from booking.invoicing.reminders.queries import ReminderFacts, reminders_of
from booking.invoicing.reminders.stuck import how_many_are_stuck
from booking.invoicing.sending.wanting import how_many_want_a_person
from booking.kernel import clock
from booking.reckoning.proposals import CreditProposal, counted_anew, how_many_given_up
from booking.staff.models import Role
from booking.web.admin.money.delivery import DeliveryShown, delivery_shown, states_shown
from booking.web.admin.money.reminder_words import words_of_state
from booking.web.admin.money.written_off import WrittenOffShown, written_off_shown
from booking.web.blueprints import admin
from booking.web.guards.access import staff, who
from booking.web.languages import centre
from booking.web.payer.standing import MARKS
from booking.web.typed import identity, one_of, whole_number

MOST_ROWS = 100
KINDS = frozenset(kind.value for kind in ReceivableKind)
TYPES = {FileKind.PDF: "application/pdf", FileKind.XML: "application/xml"}
WHY_WAITING: dict[WhyWaiting, LazyString] = {
    WhyWaiting.NOT_SET_UP: lazy_gettext("the account and address of the centre are missing"),
    WhyWaiting.NO_COUNT: lazy_gettext("nobody has counted the classes, or said how many are billed"),
    WhyWaiting.NO_NUMBER: lazy_gettext("the payer has no organisation number"),
    WhyWaiting.NO_REFERENCE: lazy_gettext("the payer's reference is missing"),
    WhyWaiting.WRONG_REFERENCE: lazy_gettext("the reference is not of the payer's form"),
    WhyWaiting.NO_COMMON_REFERENCE: lazy_gettext("each has its own reference, and the payer none for all of them"),
    WhyWaiting.NO_VAT: lazy_gettext("it has no VAT, and the reason is missing"),
    WhyWaiting.NOT_ADMISSION: lazy_gettext("not all of it is admission, so that it waits until the visit is over"),
    WhyWaiting.TOO_FAR_AHEAD: lazy_gettext("the visit is more than a year ahead"),
    WhyWaiting.COSTS_MORE: lazy_gettext(
        "it costs more than its invoice, which may change until it is over and counted"
    ),
}
FOR_THEIR_DAY = (WhyWaiting.NOT_ADMISSION, WhyWaiting.TOO_FAR_AHEAD)

# Where it is put right: on the payer's page, or with the reference of each booking.
OF_THE_PAYER = frozenset({WhyWaiting.NO_NUMBER, WhyWaiting.NO_COMMON_REFERENCE})
OF_THE_REFERENCE = frozenset({WhyWaiting.NO_REFERENCE, WhyWaiting.WRONG_REFERENCE})


@dataclass(frozen=True, slots=True)
class DraftRow:
    """What becomes one document; `why` is empty when it can be issued (`waits_for`), `latest` its last day to go out.

    `for_its_day`: it is to come, and nobody can do anything about it before.
    `late`: it should have gone out; `near`: it must within days; `gathers`: more may come on it.
    `was_credited`: an invoice for some of it was taken back, so that nobody issues it anew without meaning to.
    """

    draft: Draft
    why: str
    waits_for: WhyWaiting | None
    latest: date | None
    late: bool
    near: bool
    gathers: bool
    was_credited: bool
    for_its_day: bool

    @property
    def is_marked(self) -> bool:
        """Whether it goes out unless somebody says otherwise."""
        return not self.was_credited and not self.gathers

    @property
    def payer_to_mend(self) -> str:
        """The key of the payer on whose page it is put right that this waits; "" where nothing there helps."""
        key = self.draft.payer.key
        return key if self.waits_for in OF_THE_PAYER and not key.startswith("booking:") else ""

    @property
    def bookings_to_mend(self) -> Sequence[Receivable]:
        """Those whose reference is put right on their own page."""
        return self.draft.receivables if self.waits_for in OF_THE_REFERENCE else ()


@dataclass(frozen=True, slots=True)
class InvoicesPage:
    """What is to be invoiced, what waits, and the documents that were issued last. `later` waits for its day alone.

    Sums are of all, in minor units; `marked` is how many go out unless somebody says otherwise.
    `wanting`: how many documents want a person on their way, `stuck` how many reminders do.
    `given_up`: how many claim places on courses that were given up. `states`: where each is, with its mark; `unlike`:
    visits that were invoiced before their day and changed since.
    """

    ready: Sequence[DraftRow]
    ready_sum: int
    marked: int
    more_beyond: int | None
    waiting: Sequence[DraftRow]
    waiting_sum: int
    more_waiting: int
    later: Sequence[DraftRow]
    how_many_later: int
    issued: Sequence[IssuedFacts]
    today: date
    older_than: int | None
    set_up: bool
    may_set_up: bool
    wanting: int
    stuck: int
    given_up: int
    states: Mapping[int, tuple[str, str]]
    unlike: Sequence[InvoicedVisit]
    refused: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class LinkShown:
    """The link to the payer's own page: whom it would be sent to, in which language, and what is wrong with that."""

    email: str
    lang: str
    closed: bool
    wrong: str = ""


@dataclass(frozen=True, slots=True)
class RemindingShown:
    """The reminders of an invoice, what holds it, and what was typed of why; `stopped` is why each did not go out."""

    reminders: Sequence[ReminderFacts]
    disputed: HoldFacts | None
    collector: HoldFacts | None
    reason: str
    wrong: str
    most_reason: ClassVar = LONGEST_REASON
    words_of_state: ClassVar = staticmethod(words_of_state)


@dataclass(frozen=True, slots=True)
class InvoicePage:
    """One document, what was paid of it, the credit notes on it, and the bookings that it stands for."""

    facts: IssuedFacts
    today: date
    notes: Sequence[IssuedFacts]
    payments: Sequence[InvoicePayment]
    bookings: Sequence[BookingOnInvoice]
    link: LinkShown
    payer_id: int | None
    delivery: DeliveryShown | None
    reminding: RemindingShown
    proposal: CreditProposal | None
    unlike: InvoiceUnlike | None
    lost: WrittenOffShown
    late: LateSum

    @property
    def may_add(self) -> bool:
        """Whether what is more may be invoiced besides it: once all has been, and so long as nothing is credited."""
        is_over = self.unlike is None or all(visit.on <= self.today for visit in self.unlike.visits)
        return is_over and not self.facts.credited

    @property
    def standing(self) -> tuple[str, str]:
        """Where it stands in a word or two, and the mark of that."""
        stands = how_it_stands(self.facts, self.today)
        words = str(_("written off")) if stands is HowItStands.WRITTEN_OFF else standing_words(stands)
        return words, MARKS[stands]

    @property
    def refusal_reason(self) -> str:
        """What the payer would read on the credit note for one that was refused, in the language of the invoice."""
        with force_locale(LOCALES[self.facts.document.lang]):
            return str(_("Wrong reference or payer"))

    @property
    def proposal_reason(self) -> str:
        """What the payer would read on the credit note, in the language of the invoice."""
        with force_locale(LOCALES[self.facts.document.lang]):
            if self.proposal is not None and self.proposal.courses:
                return str(_("Places on a course were given up"))
            return str(_("Billed by the corrected count at the door"))

    @property
    def unlike_reason(self) -> str:
        """As `proposal_reason`, of a visit that is cancelled, moved or changed otherwise."""
        with force_locale(LOCALES[self.facts.document.lang]):
            if self.unlike is not None and self.unlike.is_cancelled:
                return str(_("The visit was cancelled"))
            return str(_("The visit was changed"))


@admin.get("/invoices")
@staff(Role.FINANCE)
def invoices() -> str:
    """What can be invoiced, and what was."""
    below = min(identity(request.args.get("below")) or NEWEST, NEWEST)
    beyond = whole_number(request.args.get("beyond"), 0, 10**6) or 0
    return render_template("admin/invoices.html", page=_page(below, beyond))


@admin.get("/invoices/<int:invoice_id>")
@staff(Role.FINANCE)
def invoice(invoice_id: int) -> str:
    """One document and what has become of it."""
    facts = issued_one(invoice_id) if invoice_id < 10**18 else None
    if facts is None:
        abort(404)
    return render_template("admin/invoice.html", page=page_of(facts))


def page_of(
    facts: IssuedFacts,
    link: LinkShown | None = None,
    reason: str = "",
    reason_wrong: str = "",
    delivery: DeliveryShown | None = None,
) -> InvoicePage:
    """The page of a document, with what was typed of its payer's link, of why it is disputed, or of its way."""
    today, invoice_id = _today(), facts.invoice_id
    holds = {held.kind: held for held in holds_of([invoice_id]).get(invoice_id, ())}
    reminding = RemindingShown(
        reminders_of(invoice_id), holds.get(HoldKind.DISPUTED), holds.get(HoldKind.COLLECTOR), reason, reason_wrong
    )
    return InvoicePage(
        facts,
        today,
        notes_on(invoice_id),
        payments_on(invoice_id),
        bookings_on(invoice_id),
        link or link_shown(facts),
        payer_of(invoice_id),
        delivery or delivery_shown(facts, today),
        reminding,
        counted_anew(invoice_id, centre(), clock.now()),
        changed_since(invoice_id, centre()),
        written_off_shown(facts),
        late_paid([invoice_id]).get(invoice_id, LateSum()),
    )


def link_shown(facts: IssuedFacts) -> LinkShown:
    """The link as nobody has typed anything yet."""
    payer_id, lang = payer_of(facts.invoice_id), facts.document.lang
    spoken = lang if lang in centre().languages else centre().languages[0]
    if payer_id is None:
        return LinkShown("", spoken, closed=False)
    return LinkShown(mailbox_of(payer_id), spoken, is_closed(payer_id))


@admin.get("/invoices/<int:invoice_id>/as/<kind>")
@staff(Role.FINANCE)
def invoice_file(invoice_id: int, kind: str) -> Response:
    """A document as it went out, byte for byte."""
    facts, wanted = issued_one(invoice_id) if invoice_id < 10**18 else None, one_of(FileKind, kind)
    content = None if facts is None or wanted is None else file_of(invoice_id, wanted)
    if facts is None or wanted is None or content is None:
        abort(404)
    answer = Response(content, mimetype=TYPES[wanted])
    answer.headers["Content-Disposition"] = f'attachment; filename="{facts.document.number}.{kind}"'
    return answer


def rows_of(keys: Sequence[str] | None) -> list[DraftRow]:
    """What documents these become, and why some wait; all that there is for None."""
    rules, today = rules_of_invoices(), _today()
    exempt = rules is not None and bool(rules.exempt_reason)
    receivables = open_receivables(centre(), clock.now(), keys)
    credited, days = credited_before(receivables), None if rules is None else rules.latest_days
    drafts = drafts_that_wait(receivables, set_up=rules is not None, exempt=exempt)
    return [_row(draft, why, today, days, credited) for draft, why in drafts]


def list_again(reasons: Sequence[str], status: int) -> ResponseReturnValue:
    """The list as it stands now, with why something was not done above it."""
    return render_template("admin/invoices.html", page=_page(NEWEST, 0, reasons)), status


def _page(below: int, beyond: int, refused: Sequence[str] = ()) -> InvoicesPage:
    rows, documents = rows_of(None), issued(below)
    ready, waits = [row for row in rows if not row.why], [row for row in rows if row.why]
    waiting, later = ([row for row in waits if row.for_its_day is is_later] for is_later in (False, True))
    return InvoicesPage(
        ready=ready[beyond : beyond + MOST_ROWS],
        ready_sum=sum(row.draft.gross for row in ready),
        marked=sum(row.is_marked for row in ready),
        more_beyond=beyond + MOST_ROWS if len(ready) > beyond + MOST_ROWS else None,
        waiting=waiting[:MOST_ROWS],
        waiting_sum=sum(row.draft.gross for row in waits),
        more_waiting=len(waiting[MOST_ROWS:]),
        later=later[:MOST_ROWS],
        how_many_later=len(later),
        issued=documents,
        today=_today(),
        older_than=documents[-1].number if len(documents) == MOST_A_PAGE else None,
        set_up=rules_of_invoices() is not None,
        may_set_up=who().role is Role.ADMIN,
        wanting=how_many_want_a_person(clock.now(), _today()),
        stuck=how_many_are_stuck(),
        given_up=how_many_given_up(),
        states=states_shown(documents),
        unlike=invoices_to_put_right(centre(), clock.now()),
        refused=refused,
    )


def _row(
    draft: Draft, why: WhyWaiting | None, today: date, latest_days: int | None, credited: frozenset[str]
) -> DraftRow:
    return DraftRow(
        draft=draft,
        why="" if why is None else str(WHY_WAITING[why]),
        waits_for=why,
        latest=None if latest_days is None else draft.latest(latest_days),
        late=latest_days is not None and draft.late(today, latest_days),
        near=latest_days is not None and draft.near(today, latest_days),
        gathers=latest_days is not None and draft.gathers(today, latest_days),
        was_credited=not credited.isdisjoint(draft.keys),
        for_its_day=why in FOR_THEIR_DAY,
    )


def _today() -> date:
    return centre().local(clock.now()).date()


def is_key(typed: str) -> bool:
    """Whether it has the form of a receivable's key; whether there is such a receivable is asked when it is issued."""
    kind, *ids = typed.split(":")
    return kind in KINDS and bool(ids) and identity(ids[0]) is not None
