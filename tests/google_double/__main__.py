"""`python -m tests.google_double --port 0 --key public.pem`."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from booking.kernel import clock
from tests.google_double.server import GoogleDouble


def main() -> None:
    """Serve until stopped."""
    parser = argparse.ArgumentParser(prog="google_double", description="A stand-in for Google's wallet, for tests.")
    parser.add_argument("--port", type=int, default=12113, help="0 chooses a free one")
    parser.add_argument("--key", required=True, help="the service account's public key, in PEM")
    wanted = parser.parse_args()
    if day := os.environ.get("DEMO_CLOCK"):
        clock.run_ahead(clock.read_ahead(day))  # as the server beside us
    double = GoogleDouble(wanted.port, Path(wanted.key).read_bytes())
    print(f"Google's stand-in listens at {double.base}", flush=True)
    try:
        double.serve_forever()
    except KeyboardInterrupt:
        double.server_close()


if __name__ == "__main__":
    main()
