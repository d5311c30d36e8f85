"""Discounts: what they take off, and how often they may be used."""

from __future__ import annotations

from tests.mutants.fault import Fault

USES = "booking/discounts/uses.py"

FAULTS = (
    Fault(
        "discount-stays-used",
        "a basket that was dropped goes on having the last use of a code",
        USES,
        "    swap(booking_ids, 0, (), now)\n",
        "    swap((), 0, (), now)\n",
        "tests/discounts/test_at_the_checkout.py"
        "::test_a_use_is_given_back_with_the_places_and_after_a_cancellation[sqlite]",
    ),
    Fault(
        "discount-once-more-each",
        "one person orders with a discount once more than one may",
        USES,
        "counts.get(campaign_id, 0) > most:",
        "counts.get(campaign_id, 0) > most + 1:",
        "tests/discounts/test_races.py::test_one_person_orders_as_often_as_one_may[sqlite]",
    ),
    Fault(
        "discount-limit-begins-at-nothing",
        "a campaign that gets a limit forgets what was sold before",
        "booking/discounts/edits.py",
        "    run(unlimited.values(used=uses)",
        "    run(unlimited.values(used=0)",
        "tests/discounts/test_limits.py"
        "::test_a_limit_that_is_lifted_and_comes_again_begins_with_what_was_sold_meanwhile[sqlite]",
    ),
    Fault(
        "discount-limit-in-between",
        "a limit comes while an order gives its use back, and counts it for good",
        USES,
        "    .with_for_update(read=True, key_share=True, of=Campaign)\n",
        "",
        "tests/discounts/test_limits.py"
        "::test_a_limit_that_is_set_while_somebody_gives_a_use_back_does_not_count_it[postgresql]",
    ),
    Fault(
        "discount-half-an-ore",
        "a share of a price is cut off and not rounded",
        "booking/discounts/rules.py",
        "price - (2 * price * min(self.amount, WHOLE) + WHOLE) // (2 * WHOLE)",
        "price - price * min(self.amount, WHOLE) // WHOLE",
        "tests/discounts/test_best.py::test_percents_are_rounded_for_each_ticket_and_sums_come_after_them",
    ),
)
