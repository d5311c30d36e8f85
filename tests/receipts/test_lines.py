"""What a receipt says of lines that are alike, pure."""

from __future__ import annotations

from dataclasses import replace

from booking.receipts.document import ReceiptLine, changed

FULL = ReceiptLine(1, 1, 8000, 1200, 2, 2, "Inngang", "onsdag", "Voksen")
EARLY = replace(FULL, kind="Voksen, rabatt «Tidlig»", campaigns=(1,))
WINTER = replace(FULL, kind="Voksen, rabatt «Vinter»", campaigns=(2,))


def test_tickets_that_two_campaigns_bring_to_one_price_each_name_their_own() -> None:
    assert changed((), (EARLY, WINTER), back=False) == (EARLY, WINTER)


def test_what_is_kept_is_the_same_also_once_it_is_called_otherwise() -> None:
    renamed = replace(EARLY, kind="Vaksen, rabatt «Tidleg»", quantity=3, number=3)
    assert changed((EARLY,), (renamed,), back=False) == (replace(renamed, quantity=1, number=1),)
