"""The disputes of a charge, as Stripe lists them."""

from __future__ import annotations

import pytest
import stripe

from tests.stripe_double.client import Double
from tests.stripe_double.test_stripe_double import Sdk, a_charge, client, double, running_double

__all__ = ["client", "double", "running_double"]


def test_the_disputes_of_a_charge_are_listed_newest_first_and_no_others(client: Sdk, double: Double) -> None:
    intent, other = a_charge(client, double), a_charge(client, double)
    first, second = (double.pull("dispute", payment_intent=intent)["id"] for _ in range(2))
    double.pull("dispute", payment_intent=other)
    double.pull("close-dispute", dispute=first, status="won")
    listed = client.v1.disputes.list({"payment_intent": intent, "limit": 100}).data
    assert [(dispute.id, dispute.status) for dispute in listed] == [(second, "needs_response"), (first, "won")]


def test_of_a_payment_that_does_not_exist_no_disputes_are_listed(client: Sdk, double: Double) -> None:
    with pytest.raises(stripe.InvalidRequestError, match="No such"):
        client.v1.disputes.list({"payment_intent": "pi_nobodys"})


def test_disputes_cannot_be_listed_by_where_they_stand(client: Sdk, double: Double) -> None:
    with pytest.raises(stripe.InvalidRequestError, match="unknown parameter"):
        client.v1.disputes.list({"status": "won"})  # type: ignore[typeddict-unknown-key]
