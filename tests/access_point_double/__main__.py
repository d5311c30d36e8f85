"""`python -m tests.access_point_double --port 12112`."""

from __future__ import annotations

import argparse

from tests.access_point_double.server import AccessPointDouble


def main() -> None:
    """Serve until stopped."""
    parser = argparse.ArgumentParser(prog="access_point_double", description="A stand-in for an access point.")
    parser.add_argument("--port", type=int, default=12112, help="0 chooses a free one")
    double = AccessPointDouble(parser.parse_args().port)
    print(f"The access point's stand-in listens at http://localhost:{double.server_address[1]}", flush=True)
    try:
        double.serve_forever()
    except KeyboardInterrupt:
        double.server_close()


if __name__ == "__main__":
    main()
