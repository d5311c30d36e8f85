"""`python -m tests.stripe_double --port 12111 --webhook-url http://localhost:8000/stripe/webhook`."""

from __future__ import annotations

import argparse
import os

from booking.kernel import clock
from tests.stripe_double.api import ROUTES
from tests.stripe_double.checks import adapter
from tests.stripe_double.server import Double


def main() -> None:
    """Serve until stopped."""
    parser = argparse.ArgumentParser(prog="stripe_double", description="A stand-in for Stripe, for tests and for play.")
    parser.add_argument("--port", type=int, default=12111, help="0 chooses a free one")
    parser.add_argument("--webhook-url", default="http://localhost:8000/stripe/webhook", help='"" brings no events')
    parser.add_argument("--webhook-secret", default="whsec_x")
    wanted = parser.parse_args()
    if day := os.environ.get("DEMO_CLOCK"):
        clock.run_ahead(clock.read_ahead(day))  # as the server beside us
    double = Double(wanted.port, wanted.webhook_url, wanted.webhook_secret)
    for _, _, kind, _ in ROUTES:
        adapter(kind)  # a second and a half for the largest: before the first request, not during it
    double.begin()
    print(f"Stripe's stand-in listens at {double.store.base}", flush=True)
    try:
        double.serve_forever()
    except KeyboardInterrupt:
        double.server_close()


if __name__ == "__main__":
    main()
