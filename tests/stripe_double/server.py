"""The HTTP side: Stripe's API, the pay page, and the levers of the control."""

from __future__ import annotations

import json
import socket
import sys
import threading
import time
from contextlib import nullcontext
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import ClassVar
from urllib.parse import parse_qs, urlsplit

from tests.stripe_double import pages, till
from tests.stripe_double.api import Answer, Request, answer, remember, under_way
from tests.stripe_double.control import Control
from tests.stripe_double.faults import Fault, Faults, Mishap
from tests.stripe_double.problems import Json, Problem
from tests.stripe_double.store import Store
from tests.stripe_double.webhooks import Courier

ERRORS = {
    Mishap.ERROR: Answer(500, {"error": {"type": "api_error", "message": "An unknown error occurred."}}),
    Mishap.TOO_MANY: Answer(
        429, {"error": {"type": "invalid_request_error", "code": "rate_limit", "message": "Too many requests."}}
    ),
}


class Double(ThreadingHTTPServer):
    """The whole stand-in: make it, then `serve_forever`."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, port: int, webhook_url: str, webhook_secret: str) -> None:
        super().__init__(("127.0.0.1", port), Handler)
        self.store = Store(f"http://localhost:{self.server_address[1]}")
        self.courier = Courier(self.store, webhook_url, webhook_secret)
        self.faults = Faults()
        self.control = Control(self.store, self.courier, self.faults)

    def handle_error(self, request: object, client_address: object) -> None:
        """Those who hang up in the middle are no news here; anything else is."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]  # handed on as it came

    def begin(self) -> None:
        """Start what goes on beside the requests: deliveries, and time."""
        self.courier.start()
        threading.Thread(target=self._tick, name="clock", daemon=True).start()

    def _tick(self) -> None:
        while True:
            time.sleep(0.5)
            with self.store.lock:
                till.tick(self.store)


class Handler(BaseHTTPRequestHandler):
    """One connection."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: Double
    _languages: ClassVar[dict[str, str]] = {"json": "application/json", "html": "text/html; charset=utf-8"}

    def do_GET(self) -> None:
        """Read."""
        self._answer("")

    def do_POST(self) -> None:
        """Write."""
        self._answer(self.rfile.read(int(self.headers.get("Content-Length", 0))).decode())

    def _answer(self, body: str) -> None:
        parts = urlsplit(self.path)
        if parts.path.startswith("/v1/"):
            self._api(parts.path, body if self.command == "POST" else parts.query)
        elif parts.path.startswith("/control/") and self.command == "POST":
            self._lever(parts.path.removeprefix("/control/"), body)
        elif parts.path.startswith("/c/pay/"):
            self._pay_page(parts.path.removeprefix("/c/pay/"), body)
        elif parts.path == "/":
            self._send(200, pages.home_page(), "html")
        else:
            self._send(404, pages.none_page(), "html")

    def _api(self, path: str, text: str) -> None:
        store = self.server.store
        key = self.headers.get("Authorization", "").removeprefix("Bearer ")
        request = Request(self.command, path, text, key, self.headers.get("Idempotency-Key", ""))
        fault = self.server.faults.take(request.method, request.path)
        noted: Json = {"method": request.method, "path": path, "text": text, "key": request.once, "status": 0}
        with store.lock:
            store.requests.append(noted)
        given = self._mishap(request, fault) if fault else answer(store, request)
        noted["status"] = given.status if given else 0
        if given is None:
            self._cut()
            return
        headers = given.headers | ({"Stripe-Should-Retry": "true" if fault.again else "false"} if fault else {})
        self._send(given.status, json.dumps(given.body), "json", {"Request-Id": "req_double", **headers})

    def _mishap(self, request: Request, fault: Fault) -> Answer | None:
        """What goes out instead, if anything."""
        store = self.server.store
        given = answer(store, request) if fault.after else None
        if fault.what is Mishap.HANG:
            with under_way(store, request) if given is None else nullcontext():
                time.sleep(fault.seconds)
            return given
        error = ERRORS.get(fault.what)
        if error is not None and fault.sticky:
            remember(store, request, error)
        return error

    def _cut(self) -> None:
        self.close_connection = True
        try:
            self.connection.shutdown(socket.SHUT_RDWR)
        except OSError:
            return

    def _lever(self, name: str, body: str) -> None:
        try:
            self._send(200, json.dumps(self.server.control.pull(name, json.loads(body or "{}"))), "json")
        except Problem as problem:
            self._send(problem.status, json.dumps(problem.body), "json")

    def _pay_page(self, ref: str, body: str) -> None:
        store = self.server.store
        with store.lock:
            till.tick(store)
            session = store.tables["session"].get(ref)
            if session is None:
                self._send(404, pages.none_page(), "html")
            elif session["status"] != "open":
                self._send(410, pages.over_page(session), "html")
            elif self.command == "GET":
                self._send(200, pages.pay_page(session), "html")
            else:
                self._play(ref, parse_qs(body).get("how", [""])[0])

    def _play(self, ref: str, how: str) -> None:
        store = self.server.store
        if how not in {choice for choice, _ in pages.CHOICES}:
            self._send(400, pages.pay_page(store.get("session", ref), "Choose one of these."), "html")
            return
        session = till.pay(store, ref, how)
        if how == "declined":
            self._send(402, pages.pay_page(session, "Your card was declined. Try another."), "html")
            return
        target = session["success_url"].replace("{CHECKOUT_SESSION_ID}", ref)
        self._send(303, "", "html", {"Location": target})

    def _send(self, status: int, text: str, language: str, headers: dict[str, str] | None = None) -> None:
        content = text.encode()
        self.send_response(status)
        self.send_header("Content-Type", self._languages[language])
        self.send_header("Content-Length", str(len(content)))
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing: the control tells what was asked."""
