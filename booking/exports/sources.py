"""The lists that can become files: what their columns are, and how they are read in batches after a key."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from typing import Any

from flask_babel import gettext as _

from booking.bookings.models import State
from booking.capacity.models import Channel
from booking.centre.facts import the_centre
from booking.centre.wording import Wording
from booking.door.more import more_by
from booking.door.told import told_by
from booking.exports import discounts, newsletter, receipts
from booking.feedback import feedback
from booking.history import log
from booking.invoicing.issued import read
from booking.invoicing.issued.filters import InvoiceFilter, InvoiceMark, way_named
from booking.invoicing.payer.queries import HowItStands
from booking.kernel.database import in_language
from booking.outbox.models import PromiseState
from booking.receipts.queries import receipts_between
from booking.reports import bookings, invoice_names, letters
from booking.reports.standing import MoneyStanding
from booking.sheets.sheet import Column, ColumnKind, Row, Sheet

AT_ONCE = 5_000  # rows; what is longer is the worker's
BATCH = 2_000

Filters = Mapping[str, Any]
Batch = tuple[list[Row], int | None]


@dataclass(frozen=True, slots=True)
class Source:
    """A list that can become a file: its columns, and a batch of rows after a key (None: the first)."""

    title: Callable[[], str]
    columns: Callable[[], Sequence[Column]]
    batch: Callable[[Filters, int | None, int, str], Batch]


def bookings_filters(wanted: bookings.BookingFilter) -> Filters:
    """The filters of the list of bookings as they are kept with a piece of work."""
    filters = asdict(wanted)
    filters |= {"begin": _written(wanted.begin), "end": _written(wanted.end), "after": None}
    return filters


def _written(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


def _read_moment(iso: str | None) -> datetime | None:
    return datetime.fromisoformat(iso) if iso else None


def _wanted_bookings(filters: Filters, after: int | None = None) -> bookings.BookingFilter:
    return bookings.BookingFilter(
        begin=_read_moment(filters["begin"]),
        end=_read_moment(filters["end"]),
        states=tuple(State(state) for state in filters["states"]),
        channel=Channel(filters["channel"]) if filters["channel"] else None,
        activity_id=filters["activity_id"],
        standing=MoneyStanding(filters["standing"]) if filters["standing"] else None,
        words=filters["words"],
        after=after,
    )


def _bookings(filters: Filters, after: int | None, most: int, lang: str) -> Batch:
    page = bookings.read(_wanted_bookings(filters, after), most)
    groups = [booking.id for booking in page.bookings if booking.channel is Channel.SCHOOL]
    told, more = told_by(groups), more_by(groups)
    rows = [bookings.as_row(booking, lang, told.get(booking.id), more.get(booking.id, 0)) for booking in page.bookings]
    return rows, page.next_after


def letters_filters(wanted: letters.LetterFilter) -> Filters:
    """The filters of the list of letters as they are kept with a piece of work."""
    return asdict(replace(wanted, below=letters.NEWEST))


def _letters(filters: Filters, after: int | None, most: int, _lang: str) -> Batch:
    wanted = letters.LetterFilter(
        state=PromiseState(filters["state"]) if filters["state"] else None,
        kind=filters["kind"],
        booking_id=filters["booking_id"],
        below=after or letters.NEWEST,
    )
    page = letters.read(wanted, most)
    return [letters.as_row(letter) for letter in page.letters], page.next_below


def log_filters(wanted: log.LogFilter) -> Filters:
    """The filters of the log as they are kept with a piece of work."""
    return asdict(wanted) | {"begin": _written(wanted.begin), "end": _written(wanted.end), "older_than": log.NEWEST}


def _log_columns() -> list[Column]:
    return [
        Column(_("Number"), ColumnKind.NUMBER), Column(_("When"), ColumnKind.MOMENT), Column(_("Who")),
        Column(_("What")),
        Column(_("To what")), Column(_("Before")), Column(_("After")),
    ]  # fmt: skip


def _log(filters: Filters, after: int | None, most: int, _lang: str) -> Batch:
    moments = {name: _read_moment(filters[name]) for name in ("begin", "end")}
    page = log.read(log.LogFilter(**{**filters, **moments, "older_than": after or log.NEWEST}), most)
    called = log.names()
    rows: list[Row] = [
        (
            entry.id, entry.at, called.get(entry.actor, entry.actor), entry.action, entry.subject, _facts(entry.before),
            _facts(entry.after),
        )
        for entry in page.entries
    ]  # fmt: skip
    return rows, page.next_below


def _facts(facts: Mapping[str, Any] | None) -> str:
    return json.dumps(facts, ensure_ascii=False) if facts else ""


def feedback_filters(activity_id: int | None, first: date, last: date) -> Filters:
    """The filters of what teachers said as they are kept with a piece of work."""
    return {"activity_id": activity_id, "first": first.isoformat(), "last": last.isoformat()}


def _feedback_columns() -> list[Column]:
    return [
        Column(_("Number"), ColumnKind.NUMBER), Column(_("Programme")), Column(_("Day of the visit"), ColumnKind.DAY),
        Column(_("Stars"), ColumnKind.NUMBER), Column(_("In their words")),
    ]  # fmt: skip


def _feedback(filters: Filters, after: int | None, most: int, lang: str) -> Batch:
    first, last = date.fromisoformat(filters["first"]), date.fromisoformat(filters["last"])
    answers, below = feedback.said_about(filters["activity_id"], first, last, after or feedback.NEWEST, most)
    return [
        (answer.id, in_language(answer.title, lang), answer.came_on, answer.stars, answer.words) for answer in answers
    ], below


def invoices_filters(wanted: InvoiceFilter) -> Filters:
    """The filters of the list of invoices as they are kept with a piece of work."""
    filters = asdict(replace(wanted, below=None))
    days = {name: day.isoformat() if (day := filters[name]) else None for name in ("today", "first", "last")}
    return filters | days


def _wanted_invoices(filters: Filters, below: int | None = None) -> InvoiceFilter:
    days = {name: date.fromisoformat(filters[name]) if filters[name] else None for name in ("first", "last")}
    return InvoiceFilter(
        today=date.fromisoformat(filters["today"]),
        stands=HowItStands(filters["stands"]) if filters["stands"] else None,
        mark=InvoiceMark(filters["mark"]) if filters["mark"] else None,
        way=way_named(filters["way"]),
        words=filters["words"],
        below=below,
        **days,
    )


def _invoices(filters: Filters, after: int | None, most: int, _lang: str) -> Batch:
    wanted = _wanted_invoices(filters, after)
    lines, below = read.lines_of_issued(wanted, most)
    return [invoice_names.as_row(line, wanted.today) for line in lines], below


def receipts_filters(first: date, last: date) -> Filters:
    """The filters of the list of receipts as they are kept with a piece of work."""
    return {"first": first.isoformat(), "last": last.isoformat()}


def _receipts(filters: Filters, after: int | None, most: int, lang: str) -> Batch:
    write = Wording.of(lang, the_centre())
    first, last = date.fromisoformat(filters["first"]), date.fromisoformat(filters["last"])
    listed, following = receipts_between(first, last, after, most)
    return [row for receipt in listed for row in receipts.as_rows(receipt, write)], following


SOURCES: Mapping[str, Source] = {
    "bookings": Source(lambda: _("Bookings"), bookings.columns, _bookings),
    "letters": Source(lambda: _("Mail"), letters.columns, _letters),
    "log": Source(lambda: _("Log"), _log_columns, _log),
    "invoices": Source(lambda: _("Invoices"), invoice_names.columns, _invoices),
    "receipts": Source(lambda: _("Receipts"), receipts.columns, _receipts),
    "feedback": Source(lambda: _("Feedback"), _feedback_columns, _feedback),
    "subscribers": Source(lambda: _("Newsletter"), newsletter.subscriber_columns, newsletter.subscriber_rows),
    "discount_codes": Source(lambda: _("Discount codes"), discounts.code_columns, discounts.code_rows),
}


def is_long(source: str, filters: Filters) -> bool:
    """Whether the worker should write it."""
    if source == "bookings":
        return bookings.more_than(_wanted_bookings(filters), AT_ONCE)
    if source == "invoices":
        return read.more_issued_than(_wanted_invoices(filters), AT_ONCE)
    return SOURCES[source].batch(filters, None, AT_ONCE, "")[1] is not None


def sheet_of(source: str, filters: Filters, lang: str) -> Sheet:
    """The whole list as a sheet whose rows are read while they are written."""
    chosen = SOURCES[source]
    return Sheet(chosen.title(), chosen.columns(), _rows(chosen, filters, lang))


def _rows(source: Source, filters: Filters, lang: str) -> Iterator[Row]:
    after: int | None = None
    while True:
        rows, after = source.batch(filters, after, BATCH, lang)
        yield from rows
        if after is None:
            return
