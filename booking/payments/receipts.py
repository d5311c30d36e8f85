"""Receipts follow money: a room above gives them (booking/receipts), so here they are only promised, with the money."""

from __future__ import annotations

from booking.outbox.promises import promise

RECEIPT = "receipt.give"


def receipt_follows(booking_id: int, refund_id: int | None = None) -> None:
    """Promise the receipt of what a booking, or a change of one, was paid, or of money back on it.

    Call inside the unit of work that moves the money.
    """
    of = f"booking:{booking_id}" if refund_id is None else f"refund:{refund_id}"
    promise(RECEIPT, f"receipt:{of}", {"booking_id": booking_id})
