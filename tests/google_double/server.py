"""The HTTP side: tokens for a signed statement, passes that a link saves and a patch changes, and the levers."""

from __future__ import annotations

import json
import re
import secrets
import socket
import time
from base64 import urlsafe_b64decode
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock
from typing import Any
from urllib.parse import parse_qs, unquote

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from booking.kernel import clock
from tests.stripe_double.faults import Faults, Mishap

EMAIL, ISSUER = "tickets@centre.iam.gserviceaccount.com", "3388000000022222222"
SCOPE = "https://www.googleapis.com/auth/wallet_object.issuer"
GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
KINDS = {"eventTicketClass": "eventTicketClasses", "eventTicketObject": "eventTicketObjects"}
STATES = {"ACTIVE", "COMPLETED", "EXPIRED", "INACTIVE"}
LONGEST = 1800
TOKEN_LIVES = 3600
ERRORS = {Mishap.ERROR: 500, Mishap.TOO_MANY: 429, Mishap.REFUSED: 400, Mishap.CONFLICT: 409}
WORDS = {400: "INVALID_ARGUMENT", 401: "UNAUTHENTICATED", 403: "PERMISSION_DENIED", 404: "NOT_FOUND", 409: "ABORTED"}
Json = dict[str, Any]


class Refused(Exception):
    """Google says no, by this status."""

    def __init__(self, status: int) -> None:
        super().__init__(str(status))
        self.status = status


class GoogleDouble(ThreadingHTTPServer):
    """The whole stand-in: make it, then `serve_forever`."""

    daemon_threads = True

    def __init__(self, port: int, key: bytes) -> None:
        super().__init__(("127.0.0.1", port), Handler)
        self.base = f"http://localhost:{self.server_address[1]}"
        loaded = load_pem_public_key(key)
        assert isinstance(loaded, RSAPublicKey)
        self.key, self.lock, self.faults = loaded, Lock(), Faults()
        self.reset()

    def reset(self) -> None:
        """Know nothing."""
        self.faults.clear()
        self.tokens: dict[str, float] = {}
        self.passes: dict[str, Json] = {}
        self.requests: list[Json] = []
        self.ahead = 0.0

    def now(self) -> float:
        """What time it is at Google's."""
        return clock.now().timestamp() + self.ahead

    def heard(self, statement: str) -> Json:
        """What is said in a statement that is signed with the account's key. Raises Refused."""
        try:
            told_of, _dot, signature = statement.rpartition(".")
            self.key.verify(_bytes(signature), told_of.encode(), PKCS1v15(), SHA256())
            header, claims = (json.loads(_bytes(part)) for part in told_of.split("."))
        except (InvalidSignature, ValueError):
            raise Refused(400) from None
        if header.get("alg") != "RS256" or claims.get("iss") != EMAIL:
            raise Refused(400)
        told: Json = claims
        return told

    def token(self, form: dict[str, list[str]]) -> Json:
        """A token for whoever shows the key."""
        claims, now = self.heard(form.get("assertion", [""])[0]), self.now()
        lives = claims.get("exp", 0) - claims.get("iat", 0)
        if (
            form.get("grant_type") != [GRANT]
            or claims.get("scope") != SCOPE
            or claims.get("aud") != f"{self.base}/token"
        ):
            raise Refused(400)
        if not 0 < lives <= TOKEN_LIVES or claims["iat"] > now + 60 or claims["exp"] <= now:
            raise Refused(400)
        token = secrets.token_urlsafe(24)
        self.tokens[token] = now + TOKEN_LIVES
        return {"access_token": token, "token_type": "Bearer", "expires_in": TOKEN_LIVES}

    def save(self, statement: str) -> Json:
        """Somebody has followed the link, and says yes."""
        claims = self.heard(statement)
        if len(statement) > LONGEST or (claims.get("aud"), claims.get("typ")) != ("google", "savetowallet"):
            raise Refused(400)
        for kind, name in KINDS.items():
            for content in claims["payload"][name]:
                self.look_at(kind, content)
                self.passes.setdefault(f"{kind}/{content['id']}", content)  # one that is there stays as it is
        return {}

    def patch(self, name: str, content: Json, token: str) -> Json:
        """Some of what a pass says is another now."""
        if self.tokens.get(token, 0) <= self.now():
            raise Refused(401)
        kind, _slash, ref = name.partition("/")
        if kind not in KINDS:
            raise Refused(404)
        if not ref.startswith(f"{ISSUER}."):
            raise Refused(403)
        if name not in self.passes:
            raise Refused(404)
        self.look_at(kind, self.passes[name] | content)
        if kind == "eventTicketClass" and content.get("reviewStatus") != "UNDER_REVIEW":
            raise Refused(400)
        self.passes[name] |= content
        return self.passes[name]

    def look_at(self, kind: str, content: Json) -> None:
        """Whether it can be a pass. Raises Refused."""
        if not re.fullmatch(rf"{ISSUER}\.[A-Za-z0-9._-]+", content["id"]):
            raise Refused(400)
        if kind == "eventTicketObject":
            event = f"eventTicketClass/{content['classId']}"
            if event not in self.passes or content["state"] not in STATES or content["barcode"]["type"] != "QR_CODE":
                raise Refused(400)
            return
        words = [content["eventName"], content["venue"]["name"], content["venue"]["address"]]
        if not content["issuerName"] or not all(text["defaultValue"]["value"] for text in words):
            raise Refused(400)


class Handler(BaseHTTPRequestHandler):
    """One connection."""

    protocol_version = "HTTP/1.1"
    server: GoogleDouble

    def do_GET(self) -> None:
        """Follow the link."""
        self._answer()

    def do_POST(self) -> None:
        """A token, or a lever."""
        self._answer()

    def do_PATCH(self) -> None:
        """A change."""
        self._answer()

    def _answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
        if self.path.startswith("/control/"):
            with self.server.lock:
                self._send(200, self._lever(self.path.removeprefix("/control/"), json.loads(body or "{}")))
            return
        fault = self.server.faults.take(self.command, self.path)
        if fault is not None and fault.what is Mishap.CUT:
            self.close_connection = True
            self.connection.shutdown(socket.SHUT_RDWR)
            return
        if fault is not None and fault.what is Mishap.HANG:
            time.sleep(fault.seconds)
        try:
            if fault is not None and fault.what in ERRORS:
                raise Refused(ERRORS[fault.what])
            with self.server.lock:
                self._send(200, self._served(body))
        except Refused as refused:
            status = refused.status
            self._send(status, {"error": {"code": status, "status": WORDS.get(status, "INTERNAL")}})

    def _served(self, body: str) -> Json:
        double = self.server
        double.requests.append({"method": self.command, "path": self.path, "body": body})
        if (self.command, self.path) == ("POST", "/token"):
            return double.token(parse_qs(body))
        if self.command == "GET" and self.path.startswith("/gp/v/save/"):
            return double.save(self.path.removeprefix("/gp/v/save/"))
        if self.command == "PATCH" and self.path.startswith("/walletobjects/v1/"):
            token = self.headers.get("Authorization", "").removeprefix("Bearer ")
            return double.patch(unquote(self.path.removeprefix("/walletobjects/v1/")), json.loads(body), token)
        raise Refused(404)

    def _lever(self, name: str, wish: Json) -> Json:
        double = self.server
        match name:
            case "reset":
                double.reset()
            case "fault":
                double.faults.order(wish)
            case "advance":
                double.ahead += wish["seconds"]
            case "end-tokens":
                double.tokens.clear()
            case "passes":
                return double.passes
            case "requests":
                return {"data": double.requests}
        return {}

    def _send(self, status: int, told: Json) -> None:
        content = json.dumps(told).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing: the control tells what was asked."""


def _bytes(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))
