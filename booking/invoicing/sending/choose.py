"""Which way a document goes: by the payer's own setting, else the centre's; and who must not get paper unasked."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import bindparam, literal, select, true

from booking.agreements.models import Agreement
from booking.invoicing.sending.models import PayerSending, SendingRules
from booking.invoicing.sending.states import SendingChannel
from booking.kernel.database import db
from booking.kernel.prepared import ReadyStatement
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
    """A payer's way as things stand, in one statement. A demo that has set nothing uses its folder."""
    ((own, own_public_body, agreement, is_set, usual, paper_instead, reports, channel_reports, report_days),) = (
        _WAY.rows({"payer": payer_id, "org_number": org_number})
    )  # fmt: skip
    public_body = agreement is not None if own_public_body is None else own_public_body
    if is_set is None:
        return Way(own or (None if settings.is_production else SendingChannel.FOLDER), public_body, paper_instead=True)
    return Way(own or usual, public_body, paper_instead, reports and public_body, channel_reports, report_days)


def has_agreement(org_number: str) -> bool:
    """Whether who has this number pays by an agreement: municipalities and counties do."""
    return _AGREEMENT.value({"org_number": org_number}) is not None


_HAS_AGREEMENT = select(Agreement.id).where(Agreement.org_number == bindparam("org_number"), Agreement.org_number != "")
_AGREEMENT = ReadyStatement(_HAS_AGREEMENT.limit(1))
_ONCE = select(literal(1).label("row")).subquery()  # of which there is a row, whatever is set
_WAY = ReadyStatement(
    select(
        PayerSending.channel, PayerSending.public_body, _HAS_AGREEMENT.limit(1).scalar_subquery(),
        SendingRules.id, SendingRules.channel, SendingRules.paper_instead,
        SendingRules.reports, SendingRules.channel_reports, SendingRules.report_days,
    )
    .select_from(_ONCE)
    .outerjoin(PayerSending, PayerSending.payer_id == bindparam("payer"))
    .outerjoin(SendingRules, true())
    .limit(1)
)  # fmt: skip
