"""The HTTP side: the API that docs/operations.md describes, and the levers of the control."""

from __future__ import annotations

import hashlib
import hmac
import json
import socket
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, unquote, urlsplit

import requests

from tests.access_point_double.store import Json, Post, Refused
from tests.stripe_double.faults import Fault, Faults, Mishap

KEY = "ap_test_key"
SECRET = "ap_test_secret"
ERRORS = {Mishap.ERROR: 500, Mishap.TOO_MANY: 429}
Answer = tuple[int, Json]


class AccessPointDouble(ThreadingHTTPServer):
    """The whole stand-in: make it, then `serve_forever`."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, port: int) -> None:
        super().__init__(("127.0.0.1", port), Handler)
        self.post, self.faults = Post(), Faults()

    def handle_error(self, request: object, client_address: object) -> None:
        """Those who hang up in the middle are no news here; anything else is."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]  # handed on as it came


class Handler(BaseHTTPRequestHandler):
    """One connection."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: AccessPointDouble

    def do_GET(self) -> None:
        """Read."""
        self._answer(b"")

    def do_POST(self) -> None:
        """Write."""
        self._answer(self.rfile.read(int(self.headers.get("Content-Length", 0))))

    def _answer(self, body: bytes) -> None:
        path = urlsplit(self.path).path
        if path.startswith("/control/"):
            self._send(*self._lever(path.removeprefix("/control/"), json.loads(body or b"{}")))
            return
        post = self.server.post
        fault = self.server.faults.take(self.command, path)
        with post.lock:
            post.asked.append(f"{self.command} {path}")
            given = self._api(path, body) if fault is None or fault.after else None
        if fault is not None:
            given = self._mishap(fault, given)
        if given is None:
            self._cut()
        else:
            self._send(*given)

    def _api(self, path: str, body: bytes) -> Answer:
        post = self.server.post
        if self.headers.get("Authorization") != f"Bearer {KEY}":
            return 401, {"error": "key"}
        if path.startswith("/recipients/"):
            address = unquote(path.removeprefix("/recipients/"))
            return (200, {"receives": True}) if post.receives(address) else (404, {})
        if path == "/documents" and self.command == "POST":
            key, recipient = self.headers.get("Idempotency-Key", ""), self.headers.get("X-Recipient", "")
            try:
                held, new = post.take(key, recipient, body)
            except Refused as refused:
                return 422, {"error": str(refused)}
            return 201 if new else 409, {"id": held.ref}
        if path == "/documents":
            if not post.knows_keys:
                return 501, {}
            by_key = post.by_key(parse_qs(urlsplit(self.path).query).get("key", [""])[0])
            return (200, {"id": by_key.ref}) if by_key is not None else (404, {})
        by_ref = post.by_ref(unquote(path.removeprefix("/documents/")))
        return (200, by_ref.told()) if by_ref is not None else (404, {})

    def _mishap(self, fault: Fault, given: Answer | None) -> Answer | None:
        """What goes out instead, if anything."""
        if fault.what is Mishap.HANG:
            time.sleep(fault.seconds)
            return given
        status = ERRORS.get(fault.what)
        return (status, {"error": "mishap"}) if status is not None else None

    def _lever(self, name: str, wish: Json) -> Answer:
        post = self.server.post
        with post.lock:
            match name:
                case "reset":
                    post.reset()
                    self.server.faults.clear()
                case "calm":
                    self.server.faults.clear()
                case "fault":
                    self.server.faults.order(wish)
                case "settle":
                    post.settle(wish.pop("ref"), wish)
                case "unknown":
                    post.unknown.add(wish["address"])
                case "known":
                    post.unknown.discard(wish["address"])
                case "keys":
                    post.knows_keys = wish["known"]
                case "held":
                    return 200, {"data": [{**held.told(), "key": held.key, "to": held.recipient} for held in post.held]}
                case "asked":
                    return 200, {"data": post.asked}
                case "webhook":
                    pass
                case _:
                    return 404, {"error": f"no such lever: {name}"}
        return 200, {"data": self._bring(wish) if name == "webhook" else None}

    def _bring(self, wish: Json) -> list[int]:
        """Tell somebody, as often as it says; `secret` and `body` may be wrong."""
        body = wish.get("body", json.dumps({"id": wish.get("ref", "")})).encode()
        signature = hmac.new(wish.get("secret", SECRET).encode(), body, hashlib.sha256).hexdigest()
        headers = {"Content-Type": "application/json", "X-Signature": f"sha256={signature}"}
        return [
            requests.post(wish["url"], data=body, headers=headers, timeout=20).status_code
            for _time in range(wish.get("times", 1))
        ]

    def _cut(self) -> None:
        self.close_connection = True
        try:
            self.connection.shutdown(socket.SHUT_RDWR)
        except OSError:
            return

    def _send(self, status: int, told: Json) -> None:
        content = json.dumps(told).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing: the control tells what was asked."""
