"""The HTTP side: Vipps' API, the page that plays the app, and the levers of the control."""

from __future__ import annotations

import json
import secrets
import socket
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

from tests.stripe_double.faults import Fault, Faults, Mishap
from tests.vipps_double import pages
from tests.vipps_double.courier import NewsCourier
from tests.vipps_double.keys import CLIENT_ID, CLIENT_SECRET, MERCHANT, SUBSCRIPTION_KEY
from tests.vipps_double.ledger import CALLS_A_MINUTE, LOOKS_A_MINUTE, Json, Ledger, Refused

PAYMENTS, HOOKS = "/epayment/v1/payments", "/webhooks/v1/webhooks"
TOKEN_LIVES = 3600
INTRODUCTION = ("Vipps-System-Name", "Vipps-System-Version", "Vipps-System-Plugin-Name", "Vipps-System-Plugin-Version")
ERRORS = {Mishap.ERROR: 500, Mishap.TOO_MANY: 429, Mishap.REFUSED: 400, Mishap.CONFLICT: 409}
VippsAnswer = tuple[int, Json | list[Json]]


class VippsDouble(ThreadingHTTPServer):
    """The whole stand-in: make it, then `serve_forever`."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, port: int, webhook_url: str, webhook_secret: str, currency: str = "NOK") -> None:
        super().__init__(("127.0.0.1", port), Handler)
        self.ledger = Ledger(f"http://localhost:{self.server_address[1]}", MERCHANT, currency)
        self.courier = NewsCourier(self.ledger, webhook_url, webhook_secret)
        self.faults = Faults()

    def handle_error(self, request: object, client_address: object) -> None:
        """Those who hang up in the middle are no news here; anything else is."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]  # handed on as it came


class Handler(BaseHTTPRequestHandler):
    """One connection."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: VippsDouble

    def do_GET(self) -> None:
        """Read."""
        self._answer("")

    def do_DELETE(self) -> None:
        """Take away."""
        self._answer("")

    def do_POST(self) -> None:
        """Write."""
        self._answer(self.rfile.read(int(self.headers.get("Content-Length", 0))).decode())

    def _answer(self, body: str) -> None:
        path = urlsplit(self.path).path
        if path.startswith("/control/"):
            self._lever(path.removeprefix("/control/"), json.loads(body or "{}"))
        elif path.startswith("/landing/"):
            self._landing(path.removeprefix("/landing/"), body)
        elif path.startswith((PAYMENTS, HOOKS, "/accesstoken/")):
            self._api(path, body)
        else:
            self._send(200 if path == "/" else 404, pages.home_page(), "text/html; charset=utf-8")

    def _api(self, path: str, body: str) -> None:
        ledger = self.server.ledger
        fault = self.server.faults.take(self.command, path)
        noted = {"method": self.command, "path": path, "text": body, "key": self.headers.get("Idempotency-Key", "")}
        with ledger.lock:
            ledger.requests.append(noted)
        given = self._mishap(path, body, fault) if fault else self._served(path, body)
        if given is None:
            self.close_connection = True
            self.connection.shutdown(socket.SHUT_RDWR)
            return
        self._send(given[0], json.dumps(given[1]))

    def _mishap(self, path: str, body: str, fault: Fault) -> VippsAnswer | None:
        given = self._served(path, body) if fault.after else None
        if fault.what is Mishap.HANG:
            time.sleep(fault.seconds)
            return given or (500, {})
        return (ERRORS[fault.what], {"title": "Mishap"}) if fault.what in ERRORS else None

    def _served(self, path: str, text: str) -> VippsAnswer:
        try:
            with self.server.ledger.lock:
                body = json.loads(text or "{}")
                return self._token() if path == "/accesstoken/get" else self._of_unit(path, body)
        except Refused as refused:
            return refused.status, refused.body

    def _token(self) -> VippsAnswer:
        own = (self.headers.get("client_id"), self.headers.get("client_secret"))
        if own != (CLIENT_ID, CLIENT_SECRET) or self.headers.get("Ocp-Apim-Subscription-Key") != SUBSCRIPTION_KEY:
            raise Refused(401, "Unknown client")
        token = secrets.token_urlsafe(24)
        self.server.ledger.tokens[token] = self.server.ledger.now() + TOKEN_LIVES
        return 200, {"token_type": "Bearer", "expires_in": str(TOKEN_LIVES), "access_token": token}

    def _of_unit(self, path: str, body: Json) -> VippsAnswer:
        ledger, key = self.server.ledger, self.headers.get("Idempotency-Key", "")
        token = self.headers.get("Authorization", "").removeprefix("Bearer ")
        if ledger.tokens.get(token, 0) <= ledger.now():
            raise Refused(401, "Token is unknown or over")
        if self.headers.get("Merchant-Serial-Number") != MERCHANT:
            raise Refused(403, "Another sales unit")
        if self.headers.get("Ocp-Apim-Subscription-Key") != SUBSCRIPTION_KEY:
            raise Refused(401, "No subscription key")
        if not all(self.headers.get(name) for name in INTRODUCTION):
            raise Refused(400, "Who are you?")
        if self.command == "POST" and not 8 <= len(key) <= 40:
            raise Refused(400, "Idempotency-Key must have 8 to 40 letters")
        question = f"{path} {json.dumps(body, sort_keys=True)}"
        if key in ledger.answered:
            before, answer = ledger.answered[key]
            if before != question:
                raise Refused(409, "Idempotency-Key was used for something else")
            return 200, answer
        status, given = self._hooks(path, body) if path.startswith(HOOKS) else self._payments(path, body, key)
        if self.command == "POST" and isinstance(given, dict):
            ledger.answered[key] = question, given
        return status, given

    def _payments(self, path: str, body: Json, key: str) -> VippsAnswer:
        ledger = self.server.ledger
        reference, _slash, what = path.removeprefix(PAYMENTS).removeprefix("/").partition("/")
        if self.command == "POST" and not reference:
            return 201, ledger.begin(body, key)
        if self.command == "GET":
            ledger.limit(reference, "look", LOOKS_A_MINUTE)
            payment = ledger.get(reference)
            return 200, payment.events if what == "events" else ledger.seen(payment)
        ledger.limit(reference, what, CALLS_A_MINUTE)
        works = {"capture": ledger.capture, "cancel": ledger.cancel, "refund": ledger.refund}
        if what not in works:
            raise Refused(404, "No such address")
        return 200, works[what](reference, body, key)

    def _hooks(self, path: str, body: Json) -> VippsAnswer:
        ledger = self.server.ledger
        ref = path.removeprefix(HOOKS).removeprefix("/")
        if self.command == "GET":
            return 200, {"webhooks": [{"id": name, "url": hook["url"]} for name, hook in ledger.hooks.items()]}
        if self.command == "DELETE":
            if ledger.hooks.pop(ref, None) is None:
                raise Refused(404, "No such webhook")
            return 204, {}
        name = secrets.token_hex(8)
        ledger.hooks[name] = {"url": body["url"], "events": body["events"]}
        return 201, {"id": name, "secret": self.server.courier.secret}

    def _lever(self, name: str, wish: Json) -> None:
        ledger, told = self.server.ledger, {}
        try:
            if name == "bring":  # talks to the network: not with the lock held
                told = {"data": self.server.courier.bring(wish)}
            else:
                with ledger.lock:
                    told = self._pulled(name, wish) or {}
        except Refused as refused:
            self._send(refused.status, json.dumps(refused.body))
            return
        self._send(200, json.dumps(told))

    def _pulled(self, name: str, wish: Json) -> Json | None:
        ledger = self.server.ledger
        ledger.tick()
        match name:
            case "reset":
                ledger.reset()
                self.server.faults.clear()
                self.server.courier.held = True
            case "answer":
                ledger.answer(wish["reference"], wish["how"], wish.get("amount"))
            case "advance":
                ledger.ahead += wish["seconds"]
                ledger.tick()
            case "fault":
                self.server.faults.order(wish)
            case "refuse-capture":
                ledger.get(wish["reference"]).refuses_capture = wish["times"]
            case "by-hand":  # staff in Vipps' own pages: capture, cancel, refund
                amount = {"modificationAmount": {"currency": ledger.currency, "value": wish.get("amount", 0)}}
                getattr(ledger, wish["what"])(wish["reference"], {} if wish["what"] == "cancel" else amount, "hand")
            case "forget-keys":
                ledger.answered.clear()
            case "end-tokens":
                ledger.tokens.clear()
            case "webhooks":
                for setting, value in wish.items():
                    setattr(self.server.courier, setting, value)
            case "requests":
                return {"data": ledger.requests}
            case "no-faults":
                self.server.faults.clear()
            case "news":
                return {"data": ledger.news}
            case "payments":
                return {"data": [ledger.seen(payment) for payment in ledger.payments.values()]}
            case _:
                raise Refused(404, f"No such lever: {name}")
        return None

    def _landing(self, reference: str, body: str) -> None:
        ledger = self.server.ledger
        with ledger.lock:
            try:
                payment = ledger.get(reference)
                if self.command == "POST" and (how := parse_qs(body).get("how", [""])[0]):
                    ledger.answer(reference, how)
                    if how != "decline":
                        self._send(303, "", "text/html", payment.created["returnUrl"])
                        return
                page = pages.app_page(payment)
            except Refused as refused:
                self._send(refused.status, pages.over_page(str(refused)), "text/html; charset=utf-8")
                return
        self._send(200, page, "text/html; charset=utf-8")

    def _send(self, status: int, text: str, kind: str = "application/json", location: str = "") -> None:
        content = b"" if status == 204 else text.encode()
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        if location:
            self.send_header("Location", location)
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing: the control tells what was question."""
