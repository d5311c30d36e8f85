"""A booking as tickets, receipt and calendar, in its own language."""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import gettext as _
from flask_babel import ngettext

from booking.bookings.models import State
from booking.bookings.queries import BookedLine, BookedTicket, BookingFacts, CalendarTimes
from booking.centre.facts import CentreFacts
from booking.centre.wording import Wording
from booking.documents.calendar_file import Appointment, calendar_file
from booking.documents.finding import map_of
from booking.documents.looks import PaperLook
from booking.documents.paper import Paper, PaperLine, PaperTicket, PaperVat, PaperWay
from booking.kernel import clock
from booking.kernel.money import Money, VatShare, spread, vat_shares
from booking.payments.receipts import Issued
from booking.payments.statement import Came, MoneyWay, Moved, Statement


def ticket_paper(
    facts: BookingFacts, tickets: Sequence[BookedTicket], centre: CentreFacts, look: PaperLook, write: Wording
) -> Paper:
    """The booking as tickets. Call with the booking's language in force."""
    titles = {(line.slot_id, line.ticket_type_id): line for line in facts.lines}
    proofs = {write.words(line.proof) for line in facts.lines if line.proof}
    return Paper(
        lang=write.lang,
        title=_("Tickets"),
        centre=centre.name,
        seller=seller_lines(centre),
        reference=facts.reference,
        code=facts.code,
        buyer=facts.name,
        lead=write.moment(facts.starts_at),
        notes=tuple(
            note
            for note in (
                _("Show the code at the entrance, on paper or on your phone."),
                *sorted(proofs),
            )
            if note
        ),
        lines=_by_time(facts.lines, write),
        tickets=tuple(
            PaperTicket(
                code=ticket.code,
                title=write.words(titles[ticket.slot_id, ticket.ticket_type_id].activity_title),
                when=write.moment(titles[ticket.slot_id, ticket.ticket_type_id].starts_at),
                kind=write.words(titles[ticket.slot_id, ticket.ticket_type_id].ticket_title),
                admits=ngettext("Admits %(num)s person", "Admits %(num)s people", ticket.admits),
            )
            for ticket in tickets
        ),
        vat=(),
        total=write.money(facts.total, facts.currency),
        look=look,
        way=way_of(centre, write),
        words={
            "qr": _("QR code for booking"),
            "when": _("When"),
            "reference": _("Reference"),
            "name": _("Name"),
            "party": party_words(facts.people),
            "way": _("Find us"),
            "map": _("See it on a map"),
            "contents": _("What you have booked"),
            "single": _("Single tickets"),
            "single_hint": _("For those who come apart from the others."),
        },
    )


def receipt_paper(
    facts: BookingFacts, paid: Statement, issued: Issued, centre: CentreFacts, look: PaperLook, write: Wording
) -> Paper:
    """What was bought, paid and paid back, and the VAT in what is left. Call with the reader's language in force.

    It adds up two ways: the lines come to the total, and so do the payments less what went back.
    """
    kept = Money(paid.kept, facts.currency)
    return Paper(
        lang=write.lang,
        title=_("Receipt"),
        centre=centre.name,
        seller=seller_lines(centre),
        number=str(issued.number),
        reference=facts.reference,
        code=facts.code,
        buyer=facts.name,
        lead=write.full_date(issued.issued_at),
        notes=(_("Keep this receipt with your accounts."),),
        lines=(*(_line(line, write, with_sum=True) for line in facts.lines), *_beyond(facts, paid.kept, write)),
        tickets=(),
        payments=tuple(_payment(moved, facts.currency, write) for moved in paid.moved),
        vat=tuple(
            PaperVat(
                write.percent(share.rate),
                write.money(share.net.minor, facts.currency),
                write.money(share.vat.minor, facts.currency),
                write.money(share.gross.minor, facts.currency),
            )
            for share in vat_shares_of(facts, kept)
        ),
        total=write.money(kept.minor, facts.currency),
        look=look,
        words={
            "number": _("Receipt number"),
            "reference": _("Reference"),
            "date": _("Date"),
            "name": _("Name"),
            "seller": _("Seller"),
            "what": _("What"),
            "quantity": _("Quantity"),
            "amount": _("Amount"),
            "total": _("Total"),
            "payments": _("How it was paid"),
            "vat_heading": _("VAT included"),
            "rate": _("Rate"),
            "net": _("Net"),
            "vat": _("VAT"),
            "gross": _("Gross"),
        },
    )


def vat_shares_of(facts: BookingFacts, kept: Money) -> list[VatShare]:
    """The VAT in what was kept of a booking's price: each rate has its part of it as of the price."""
    gross = [line.total for line in facts.lines]
    parts = spread(kept.minor, gross)
    return vat_shares(
        (line.vat_rate, Money(part, kept.currency)) for line, part in zip(facts.lines, parts, strict=True) if part
    )


def _beyond(facts: BookingFacts, kept: int, write: Wording) -> list[PaperLine]:
    """What makes the lines come to what was kept: late shares that stayed, and money that went back."""
    by_rule = facts.kept_by_rule if facts.state is State.CONFIRMED else 0
    rest = kept - facts.total - by_rule
    stayed = by_rule + max(rest, 0)
    extras = [(_("Kept by our rules of what was given up late"), stayed), (_("Paid back"), min(rest, 0))]
    return [PaperLine(words, "", "", write.money(amount, facts.currency)) for words, amount in extras if amount]


def _payment(moved: Moved, currency: str, write: Wording) -> PaperLine:
    """A sum with its date and the means of payment."""
    words = {
        Came.PAID: _("Paid"),
        Came.BACK: _("Paid back"),
        Came.ON_ITS_WAY: _("Paid back, on its way"),
        Came.REFUSED: _("To be paid back: the bank said no"),
        Came.LOST: _("Paid back by your bank"),
    }
    if moved.way is MoneyWay.TILL:
        means = _("at our desk, receipt %(number)s from the till", number=moved.receipt or "–")
    else:
        means = {
            MoneyWay.ONLINE: _("online, by card or account"),
            MoneyWay.VIPPS: _("online, with Vipps"),
            MoneyWay.GIFT_CARD: _("with a gift card"),
            MoneyWay.DEMO: _("online, in a demonstration"),
        }[moved.way]
    return PaperLine(words[moved.came], write.full_date(moved.at), means, write.money(moved.signed, currency))


def booking_calendar(
    facts: BookingFacts, times: CalendarTimes, centre: CentreFacts, write: Wording, address: str
) -> bytes:
    """One appointment for each slot bought, and a cancelled one for each that was given up; see `calendar_times`."""
    slots = {line.slot_id: line for line in facts.lines}
    stand = [
        Appointment(
            uid=_uid(facts, line.slot_id),
            title=f"{write.words(line.activity_title)}, {centre.name}",
            starts_at=line.starts_at,
            ends_at=times.leaves.get(line.slot_id, line.ends_at),
        )
        for line in slots.values()
    ]
    gone = [
        Appointment(
            _uid(facts, former.slot_id),
            f"{write.words(former.title)}, {centre.name}",
            former.starts_at,
            former.ends_at,
            cancelled=True,
        )
        for former in times.former
    ]
    return calendar_file(
        [*stand, *gone],
        centre=centre,
        version=facts.version,
        made_at=clock.now(),
        address=address,
        text=_("Reference %(reference)s", reference=facts.reference),
        cancelled=facts.state is State.CANCELLED,
    )


def _uid(facts: BookingFacts, slot_id: int) -> str:
    """Of one booking in one slot, for good: who moves and comes back finds the same appointment."""
    return f"{facts.reference}-{slot_id}@bestill"


def _by_time(lines: Sequence[BookedLine], write: Wording) -> tuple[PaperLine, ...]:
    """A row for each time, with all who come then."""
    rows: dict[tuple[str, str], list[str]] = {}
    for line in lines:
        row = _line(line, write)
        rows.setdefault((row.title, row.when), []).append(row.kind)
    return tuple(PaperLine(title, when, "\n".join(kinds), "") for (title, when), kinds in rows.items())


def _line(line: BookedLine, write: Wording, with_sum: bool = False) -> PaperLine:
    kind = f"{line.number} × {write.words(line.ticket_title)}"
    amount = write.money(line.total) if with_sum else ""
    return PaperLine(write.words(line.activity_title), write.moment(line.starts_at), kind, amount)


def way_of(centre: CentreFacts, write: Wording) -> PaperWay:
    """How to come to the centre."""
    return PaperWay(centre.address, map_of(centre.address) if centre.address else "", write.words(centre.find_us))


def party_words(people: int) -> str:
    """Whom one code lets in."""
    words: str = ngettext("One code for %(num)s person", "One code for all %(num)s of you", people)
    return words


def seller_lines(centre: CentreFacts) -> tuple[str, ...]:
    """Who sells, as a paper's foot says it."""
    return tuple(part for part in (centre.legal_name, centre.address, _org_number(centre)) if part)


def _org_number(centre: CentreFacts) -> str:
    """As a sales document has it: in Norway in threes with MVA behind (bokføringsforskriften § 5-1-2)."""
    number = centre.org_number.strip()
    if centre.country == "NO" and number:
        bare = number.upper().removesuffix("MVA").replace(" ", "")
        number = f"{bare[:3]} {bare[3:6]} {bare[6:]} MVA" if len(bare) == 9 and bare.isdecimal() else number
    words: str = _("Org. no. %(number)s", number=number) if number else ""
    return words
