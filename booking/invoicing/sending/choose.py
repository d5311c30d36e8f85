"""Which way a document goes: by the payer's own setting, else the centre's; and who must not get paper unasked."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from booking.agreements.models import Agreement
from booking.invoicing.sending.models import PayerSending, SendingRules
from booking.invoicing.sending.states import SendingChannel
from booking.kernel.database import db
from booking.settings import Settings


@dataclass(frozen=True, slots=True)
class Way:
    """How a payer's documents go out; `channel` None: nobody has said."""

    channel: SendingChannel | None
    public_body: bool
    paper_instead: bool
    reports: bool = False
    channel_reports: bool = False
    report_days: int = 0


def rules_of_sending() -> SendingRules | None:
    """What the centre has set, if it has."""
    return db.session.scalar(select(SendingRules).limit(1))


def way_to(payer_id: int, org_number: str, settings: Settings) -> Way:
    """A payer's way as things stand. A demo that has set nothing uses its folder."""
    rules, own = rules_of_sending(), db.session.get(PayerSending, payer_id, populate_existing=True)
    usual = SendingChannel.FOLDER if not settings.is_production else None
    channel = (own.channel if own is not None else None) or (rules.channel if rules is not None else usual)
    public_body = own.public_body if own is not None else None
    if public_body is None:
        public_body = has_agreement(org_number)
    if rules is None:
        return Way(channel, public_body, paper_instead=True)
    return Way(
        channel, public_body, rules.paper_instead, rules.reports and public_body, rules.channel_reports,
        rules.report_days,
    )  # fmt: skip


def has_agreement(org_number: str) -> bool:
    """Whether who has this number pays by an agreement: municipalities and counties do."""
    if not org_number:
        return False
    return db.session.scalar(select(Agreement.id).where(Agreement.org_number == org_number).limit(1)) is not None
