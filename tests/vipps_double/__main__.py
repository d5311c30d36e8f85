"""`python -m tests.vipps_double --port 12112 --webhook-url http://localhost:8000/vipps/webhook`."""

from __future__ import annotations

import argparse
import os

from booking.kernel import clock
from tests.vipps_double.keys import WEBHOOK_SECRET
from tests.vipps_double.server import VippsDouble


def main() -> None:
    """Serve until stopped."""
    parser = argparse.ArgumentParser(prog="vipps_double", description="A stand-in for Vipps, for tests and for play.")
    parser.add_argument("--port", type=int, default=12112, help="0 chooses a free one")
    parser.add_argument("--webhook-url", default="http://localhost:8000/vipps/webhook", help='"" brings no news')
    parser.add_argument("--webhook-secret", default=WEBHOOK_SECRET)
    wanted = parser.parse_args()
    if day := os.environ.get("DEMO_CLOCK"):
        clock.run_ahead(clock.read_ahead(day))  # as the server beside us
    double = VippsDouble(wanted.port, wanted.webhook_url, wanted.webhook_secret)
    double.courier.start()
    print(f"Vipps' stand-in listens at {double.ledger.base}", flush=True)
    try:
        double.serve_forever()
    except KeyboardInterrupt:
        double.server_close()


if __name__ == "__main__":
    main()
