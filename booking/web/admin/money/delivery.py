"""A document's way to its payer as its page shows it: where it is, how it came there, and what one can do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from booking.history import log
from booking.invoicing.document import DocumentKind
from booking.invoicing.queries import IssuedFacts
from booking.invoicing.sending import by_hand
from booking.invoicing.sending.queries import DeliveryFacts, delivery_facts, standing_of_deliveries
from booking.invoicing.sending.states import (
    DISPUTED,
    WANT_A_PERSON,
    BuyerResponse,
    DeliveryState,
    ReportState,
    SendingChannel,
    WhyPerson,
)
from booking.kernel import clock
from booking.reports import names
from booking.reports.delivery_names import (
    buyer_responses,
    delivery_states,
    delivery_steps,
    delivery_whys,
    sending_channels,
)

D = DeliveryState
GOOD, WAITS, BAD = "good", "few", "bad"  # how marks look
MARKS = {
    D.SENT: GOOD, D.DELIVERED: GOOD, D.BY_MAIL: GOOD, D.OUTSIDE: GOOD, D.REFUSED: BAD, D.UNKNOWN: BAD,
    D.NEEDS_PERSON: BAD, D.KEPT_BACK: "",
}  # fmt: skip
ANSWER_MARKS = {
    BuyerResponse.REJECTED: BAD,
    BuyerResponse.QUERY: BAD,
    BuyerResponse.ACCEPTED: GOOD,
    BuyerResponse.PAID: GOOD,
}


@dataclass(frozen=True, slots=True)
class StepShown:
    """One step in words; `by` is empty where it went by itself."""

    at: datetime
    words: str
    why: str
    quoted: str
    by: str


@dataclass(frozen=True, slots=True)
class DeliveryShown:
    """Where it is, in words, and what was typed of a decision that was refused.

    `is_over`: nothing is asked of the payer any more.
    """

    facts: DeliveryFacts
    now: datetime
    today: date
    steps: Sequence[StepShown]
    reason: str = ""
    wrong: str = ""
    refused: str = ""
    is_over: bool = False

    @property
    def state(self) -> str:
        """In words."""
        return _state(self.facts.state, is_over=self.is_over)[0]

    @property
    def mark(self) -> str:
        """How the state is marked."""
        return _state(self.facts.state, is_over=self.is_over)[1]

    @property
    def answer(self) -> str:
        """What the buyer said, once it was delivered; "" where there is no telling."""
        if self.facts.response is BuyerResponse.NONE and self.facts.channel is not SendingChannel.ACCESS_POINT:
            return ""
        is_there = self.facts.state is D.DELIVERED or self.facts.response is not BuyerResponse.NONE
        return buyer_responses()[self.facts.response] if is_there else ""

    @property
    def answer_mark(self) -> str:
        """How that is marked."""
        return ANSWER_MARKS.get(self.facts.response, "")

    @property
    def channel(self) -> str:
        """Which way it went; "" as long as it has not."""
        return sending_channels()[self.facts.channel] if self.facts.channel is not None else ""

    @property
    def why(self) -> str:
        """Why it waits or went another way."""
        return delivery_whys()[self.facts.why]

    @property
    def may_send_again(self) -> bool:
        """Whether somebody may have it sent once more."""
        return by_hand.may_send_again(self.facts.state, self.facts.since, self.now)

    @property
    def may_have_arrived(self) -> bool:
        """Whether somebody may say that it arrived."""
        return self.facts.state in by_hand.MAY_HAVE_ARRIVED

    @property
    def may_go_by_letter(self) -> bool:
        """Whether it may go by mail instead."""
        return self.facts.state in by_hand.MAY_GO_BY_LETTER

    @property
    def may_be_done_outside(self) -> bool:
        """Whether somebody may say that it was sent in another way."""
        return self.facts.state in by_hand.MAY_BE_DONE_OUTSIDE

    @property
    def must_be_reported(self) -> bool:
        """Whether the tax authority is still to be told."""
        return self.facts.report is ReportState.DUE

    @property
    def is_report_late(self) -> bool:
        """Whether it should have been told by now."""
        return self.must_be_reported and self.facts.report_by is not None and self.facts.report_by < self.today


def delivery_shown(
    document: IssuedFacts, today: date, reason: str = "", wrong: str = "", refused: str = ""
) -> DeliveryShown | None:
    """The way of a document; None before it has begun."""
    facts = delivery_facts(document.invoice_id)
    if facts is None:
        return None
    staff = log.names() | names.actors() if any(step.actor != "worker" for step in facts.steps) else {}
    words, whys = delivery_steps(), {str(why): text for why, text in delivery_whys().items()}
    steps = [
        StepShown(
            step.at, words.get(step.what, step.what), whys.get(step.why, ""), step.said,
            "" if step.actor == "worker" else staff.get(step.actor, step.actor),
        )
        for step in facts.steps
    ]  # fmt: skip
    return DeliveryShown(facts, clock.now(), today, steps, reason, wrong, refused, _is_over(document))


def states_shown(documents: Sequence[IssuedFacts]) -> dict[int, tuple[str, str]]:
    """Where documents are, in words and with their marks; those of before there was any sending are left out."""
    states = standing_of_deliveries([facts.invoice_id for facts in documents])
    answers, over = buyer_responses(), {facts.invoice_id for facts in documents if _is_over(facts)}
    return {
        invoice_id: (answers[response], "" if invoice_id in over else BAD)
        if response in DISPUTED
        else _state(state, is_over=invoice_id in over)
        for invoice_id, (state, response) in states.items()
    }


def _is_over(facts: IssuedFacts) -> bool:
    """Whether nothing is asked of the payer any more, so that it wants nobody on whatever way it is."""
    return facts.document.kind is DocumentKind.INVOICE and not facts.left


def _state(state: DeliveryState, *, is_over: bool) -> tuple[str, str]:
    """A state in words, with how it is marked."""
    if not is_over or state not in WANT_A_PERSON:
        return delivery_states()[state], MARKS.get(state, WAITS)
    return delivery_states()[D.KEPT_BACK if state is D.NEEDS_PERSON else state], ""


def why_wanting(why: WhyPerson) -> str:
    """Why a document waits, in words."""
    return delivery_whys()[why]
