"""Annual passes are bought by the real SDK against the stand-in for Stripe; after every test the books must agree."""

from tests.payments.conftest import double, running_double, steps, stripe, travel

__all__ = ["double", "running_double", "steps", "stripe", "travel"]
