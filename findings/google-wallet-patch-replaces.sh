#!/usr/bin/env bash
# GoogleWalletPassGenerator 1.1.6: `patch_object` and `patch_class` send PUT, as `update_object` and `update_class` do.
# In Google's API (walletobjects v1) these are two methods: eventticketobject.patch is PATCH and "supports patch
# semantics", eventticketobject.update is PUT, says nothing of them and takes an EventTicketObject. "state": "EXPIRED"
# alone, by the method that is named for it, is sent as all that the ticket is, without class, holder, code or hours.
# What follows from it: whoever "patches" with it sends the whole object each time.
# Seen: PUT for all four methods, the body {"state": "EXPIRED"}; nothing sends PATCH.
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"
python3 -m venv v
v/bin/pip -q --disable-pip-version-check install GoogleWalletPassGenerator==1.1.6 google-auth==2.43.0 requests==2.32.5 \
  cryptography==46.0.3
v/bin/python - <<'PY'
import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from importlib.metadata import version
from pathlib import Path

import requests
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from GoogleWalletPassGenerator.eventticket import EventTicketManager

received = []


class Google(BaseHTTPRequestHandler):
    def answer(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        received.append((self.command, self.path.rsplit("/", 2)[1], json.loads(body)))
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"{}")

    do_PUT = do_PATCH = do_POST = answer

    def log_message(self, *_: object) -> None: ...


key = rsa.generate_private_key(65537, 2048).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
account = {
    "type": "service_account",
    "client_email": "tickets@centre.example",
    "token_uri": "http://127.0.0.1",
    "private_key": key.decode(),
}
Path("account.json").write_text(json.dumps(account))
server = HTTPServer(("127.0.0.1", 0), Google)
threading.Thread(target=server.serve_forever, daemon=True).start()
manager = EventTicketManager("account.json")
# Google is outside: its address is given, and nobody is asked for a token.
manager.http_client = requests.Session()
manager.object_url = manager.class_url = None
manager.base_url = f"http://127.0.0.1:{server.server_port}"
for send in (manager.patch_object, manager.update_object, manager.patch_class, manager.update_class):
    send("3388000000022222222.ticket", {"state": "EXPIRED"})
server.shutdown()
print(*received, sep="\n")
assert [method for method, _, _ in received] == ["PUT"] * 4, "a patch is a PATCH now"
assert all(body == {"state": "EXPIRED"} for _, _, body in received)
print("as found: GoogleWalletPassGenerator", version("GoogleWalletPassGenerator"), "replaces where it says it patches")
PY
