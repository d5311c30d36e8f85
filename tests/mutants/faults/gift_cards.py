"""Gift cards: the code, the last day, what a booking has of a card."""

from __future__ import annotations

from tests.mutants.fault import Fault

SENDING = "booking/gift_cards/sending.py"

FAULTS = (
    Fault(
        "card-two-codes",
        "a letter that is tried again says another code, and the card that somebody has printed is worth nothing",
        SENDING,
        "code = vault.open(card.sealed) if card.sealed else None",
        "code = None",
        "tests/gift_cards/test_paying.py::test_a_letter_that_is_tried_again_says_the_same_code[sqlite]",
    ),
    Fault(
        "card-code-kept",
        "the code of a card stays in the database after its letter has gone",
        SENDING,
        '.values(sealed="", sent_at=now, bounced_at=None)',
        ".values(sent_at=now, bounced_at=None)",
        "tests/gift_cards/test_paying.py::test_a_card_is_bought_with_a_card_and_only_its_hash_is_kept[sqlite]",
    ),
    Fault(
        "card-over-on-its-last-day",
        "a card is over on the last day on which it may be paid with",
        "booking/gift_cards/expire.py",
        ".where(GiftCard.expires_on < today, text(HAS_REST))",
        ".where(GiftCard.expires_on <= today, text(HAS_REST))",
        "tests/gift_cards/test_paying.py::test_a_card_ends_on_its_last_day_and_once[sqlite]",
    ),
    Fault(
        "card-blocked-is-over",
        "who comes with a card that staff have blocked is not told so",
        "booking/gift_cards/spend.py",
        "    if card.is_stopped:\n        raise CardBlocked\n    if card.currency",
        "    if card.currency",
        "tests/gift_cards/test_paying.py::test_a_card_that_is_over_or_blocked_or_unknown_says_so[sqlite]",
    ),
    Fault(
        "card-of-another-currency",
        "a card of a hundred kroner pays a hundred euros",
        "booking/gift_cards/spend.py",
        "    if card.currency != currency:\n        raise CardInOtherMoney(card.currency)\n",
        "",
        "tests/gift_cards/test_paying.py::test_a_card_pays_for_nothing_in_another_currency[sqlite]",
    ),
    Fault(
        "card-told-every-minute",
        "whoever has a card is told of its end with each round of the worker",
        "booking/gift_cards/tell.py",
        ".values(told_at=now)",
        ".values(told_at=None)",
        "tests/gift_cards/test_before_the_end.py::test_it_is_said_once_thirty_days_before[sqlite]",
    ),
    Fault(
        "cards-in-the-order-of-payments",
        "two refunds that give back to the same cards wait for each other, and PostgreSQL ends one",
        "booking/payments/refunds.py",
        "        spend.lock_cards(bookings)",
        "        pass",
        "tests/gift_cards/test_one_order.py"
        "::test_two_refunds_that_give_back_to_the_same_cards_in_other_orders[postgresql]",
    ),
    Fault(
        "card-slip-of-the-pen",
        "a code with a wrong sign is looked up, and counts as a guess at somebody else's card",
        "booking/gift_cards/codes.py",
        "return plain if ALPHABET[_times(_sum_of(plain[:-1]))] == plain[-1] else None",
        "return plain",
        "tests/gift_cards/test_codes.py::test_one_wrong_sign_and_two_that_changed_places_are_always_found_out",
    ),
)
