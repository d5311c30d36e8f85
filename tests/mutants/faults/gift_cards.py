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
        '.values(sealed="", sent_at=now)',
        ".values(sent_at=now)",
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
        "    if card.is_stopped:\n        raise CardBlocked\n    amount, key",
        "    amount, key",
        "tests/gift_cards/test_paying.py::test_a_card_that_is_over_or_blocked_or_unknown_says_so[sqlite]",
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
