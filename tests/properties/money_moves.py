"""What others do with the money of a booking while its buyer changes it: the office, the dashboard, the bank."""

from __future__ import annotations

from contextlib import suppress

from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, rule
from sqlalchemy import or_, select

from booking.bookings.models import Booking
from booking.kernel.codes import new_secret
from booking.kernel.database import db, unit_of_work
from booking.kernel.refusals import Refusal
from booking.payments import refunds, webhook
from booking.payments.give_back import give_back
from booking.payments.models import Payment, PaymentState, Refund, RefundState
from booking.payments.provider import Unreachable
from tests.properties.world import MoodyTill, told_and_written

bought: Bundle[int] = Bundle("bought")


class allowed(suppress):  # noqa: N801  (reads like a word of the language)
    """A rule may say no, and the line may be dead; anything else is a mistake of ours."""

    def __init__(self) -> None:
        super().__init__(Refusal, Unreachable)


class MoneyMoves(RuleBasedStateMachine):
    """Money that goes back besides what the rules give."""

    till: MoodyTill

    @rule(booking=bought, part=st.sampled_from([1, 5000, 16800, 40000]))
    def the_office_gives_back(self, booking: int, part: int) -> None:
        """Goodwill."""
        with allowed(), unit_of_work():
            give_back(booking, part, "Strømmen gikk", new_secret(), "account:1")

    @rule(booking=bought, part=st.sampled_from([1, 5000, 16800, 40000]), heard=st.booleans())
    def sent_back_in_the_dashboard(self, booking: int, part: int, heard: bool) -> None:
        """Staff refund at the provider itself; the news of it may come later."""
        for charge in self.charges(booking)[:1]:
            if charge not in self.till.disputed:
                self.till.by_hand[charge] += min(part, self.till.left(charge))
            if heard:
                with allowed():
                    refunds.adopt(charge)

    @rule(booking=bought, what=st.sampled_from(["opens", "opens", "won", "won", "lost"]), late=st.booleans())
    def the_payers_bank_asks_for_it_back(self, booking: int, what: str, late: bool) -> None:
        """A dispute begins, is won or lost; the news of its beginning may come, again, after those of its end."""
        for charge in self.charges(booking)[:1]:
            self.dispute(charge, what)
            if late and what != "opens":
                self.tell(charge, "opens")

    def dispute(self, charge: str, what: str) -> None:
        """It begins or ends, and we hear of it."""
        till = self.till
        if charge in till.lost or (what != "opens" and charge not in till.disputed):
            return
        if what == "opens" and charge not in till.disputed:
            till.disputes[charge].append(f"du_{new_secret()}")
            till.disputed.add(charge)
        if what == "won":
            till.disputed.discard(charge)
        if what == "lost":
            till.lost.add(charge)  # and it stays disputed: nothing can be sent
        self.tell(charge, what)

    def tell(self, charge: str, what: str) -> None:
        """An event about the last dispute of a charge."""
        if not (told := self.till.disputes.get(charge)):
            return
        kind = "charge.dispute.created" if what == "opens" else "charge.dispute.closed"
        about = {"id": told[-1], "payment_intent": charge, "status": "needs_response" if what == "opens" else what}
        webhook.receive({"id": new_secret(), "type": kind, "data": {"object": about}})

    def charges(self, booking: int) -> list[str]:
        """What was paid for a booking and its changes, at the provider."""
        of_it = or_(Booking.id == booking, Booking.changes_id == booking)
        kept = select(Payment.charge_ref).join(Booking, Booking.id == Payment.booking_id)
        references = db.session.scalars(
            kept.where(of_it, Payment.state == PaymentState.PAID).order_by(Payment.id.desc())
        )
        charges = [charge for charge in references if charge is not None]
        db.session.rollback()
        return charges

    @invariant()
    def no_more_goes_back_than_came_and_letters_say_what_goes(self) -> None:
        """At the provider and in our books; and what was promised last is what is sent."""
        for charge in {charge for charge, _ in self.till.sent.values()} | set(self.till.by_hand):
            assert self.till.left(charge) >= 0
        assert told_and_written() == []

    def staff_look_at_refunds(self) -> None:
        """What failed is tried again, and all news of the provider's own refunds arrive."""
        for charge in db.session.scalars(select(Payment.charge_ref).where(Payment.charge_ref.is_not(None))).all():
            refunds.adopt(charge or "")
        for refund_id in db.session.scalars(select(Refund.id).where(Refund.state == RefundState.FAILED)).all():
            with unit_of_work():
                refunds.retry(refund_id, "account:1")
