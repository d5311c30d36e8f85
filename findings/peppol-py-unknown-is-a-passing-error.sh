#!/usr/bin/env bash
# peppol-py 1.2.5: a receiver that its service publisher does not know (HTTP 404) is told as a passing server error, never
# as "not-found-in-smp". The code asks `e.response and e.response.status_code < 500`, and a requests.Response is false
# for every status from 400 up, so the branch for "not known" cannot be reached by an HTTP answer.
# What follows from it: whoever sends by it tries a wrong number for ever, or believes each 404 to be an outage. For us
# "not known" is an outcome of its own, told apart from "could not ask" (tests/access_point_double).
# Seen: 404, 410 and 503: code server-error, temporary, all three alike.
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"
python3 -m venv v && v/bin/pip -q --disable-pip-version-check install peppol-py==1.2.5 requests==2.32.5
v/bin/python - <<'PY'
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from importlib.metadata import version

from peppol_py import smp
from peppol_py.exception import SendPeppolError


class Publisher(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(int(self.path.strip("/")))
        self.end_headers()

    def log_message(self, *_: object) -> None: ...


server = HTTPServer(("127.0.0.1", 0), Publisher)
threading.Thread(target=server.serve_forever, daemon=True).start()
told = {}
for status in (404, 410, 503):
    # The name service is outside, so the publisher's address is given.
    smp.get_smp_url_from_dns = lambda *_, status=status: f"http://127.0.0.1:{server.server_port}/{status}"
    try:
        smp.get_service_urls_for_participant_from_smp("0192:974760673", True, 5, "agent")
    except SendPeppolError as error:
        told[status] = (error.code, error.temporary)
server.shutdown()
print(told)
assert set(told.values()) == {("server-error", True)} and len(told) == 3, "404 is told apart now"
print("as found: peppol-py", version("peppol-py"), "with requests", version("requests"), "tells 404 as a passing error")
PY
