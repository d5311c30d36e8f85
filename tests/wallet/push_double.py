"""A stand-in for Apple's push service: HTTP/2 over TLS, and it refuses what that one refuses.

Whoever calls must show a certificate of the chain, of the pass type that the push is for; a number that is none, or of
a phone that has thrown the pass away, is told so by Apple's own words.
"""

from __future__ import annotations

import json
import re
import socket
import ssl
import threading
from dataclasses import dataclass, field
from pathlib import Path

import h2.config
import h2.connection
import h2.events
import h2.exceptions

from tests.wallet.chain import PASS_TYPE


@dataclass(slots=True)
class PushDouble:
    """`heard` are the numbers that were told, `gone` those of phones that have no pass any more."""

    certificate: Path
    root: Path
    heard: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    gone: set[str] = field(default_factory=set)
    trouble: int = 0  # a status for everything, from now on
    listener: socket.socket = field(init=False)

    def __post_init__(self) -> None:
        self.listener = socket.create_server(("127.0.0.1", 0))
        threading.Thread(target=self._serve, daemon=True).start()

    @property
    def address(self) -> str:
        return f"https://localhost:{self.listener.getsockname()[1]}"

    def reset(self) -> None:
        self.heard, self.refused, self.gone, self.trouble = [], [], set(), 0

    def stop(self) -> None:
        self.listener.close()

    def _serve(self) -> None:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cafile=str(self.root))
        context.load_verify_locations(str(self.root.with_name("issuer.pem")))
        context.verify_mode = ssl.CERT_REQUIRED
        context.load_cert_chain(str(self.certificate))
        context.set_alpn_protocols(["h2"])
        while True:
            try:
                caller, _address = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self._talk, args=(context, caller), daemon=True).start()

    def _talk(self, context: ssl.SSLContext, caller: socket.socket) -> None:
        caller.settimeout(10)
        try:
            with context.wrap_socket(caller, server_side=True) as secure:
                if secure.selected_alpn_protocol() != "h2":
                    return
                names = dict(part[0] for part in secure.getpeercert()["subject"])  # type: ignore[index, misc]
                _Talk(self, secure, str(names.get("userId", names.get("UID", "")))).go_on()
        except (OSError, h2.exceptions.ProtocolError):
            return

    def answer(self, headers: dict[str, str], body: bytes, shown: str) -> tuple[int, str]:
        """Status and reason for one push."""
        number = headers[":path"].removeprefix("/3/device/")
        if self.trouble:
            return self.trouble, "ServiceUnavailable"
        if headers[":method"] != "POST" or not headers[":path"].startswith("/3/device/"):
            return 405, "MethodNotAllowed"
        if not headers.get("apns-topic"):
            return 400, "MissingTopic"
        if headers["apns-topic"] != shown or shown != PASS_TYPE:
            return 400, "TopicDisallowed"
        if not re.fullmatch("[0-9a-f]{64}", number):
            return 400, "BadDeviceToken"
        if json.loads(body) != {}:
            return 400, "PayloadEmpty"
        return (410, "Unregistered") if number in self.gone else (200, "")


class _Talk:
    """One connection."""

    def __init__(self, double: PushDouble, secure: ssl.SSLSocket, shown: str) -> None:
        self.double, self.secure, self.shown = double, secure, shown
        self.http = h2.connection.H2Connection(h2.config.H2Configuration(client_side=False, header_encoding="utf-8"))
        self.headers: dict[int, dict[str, str]] = {}
        self.bodies: dict[int, bytes] = {}

    def go_on(self) -> None:
        self.http.initiate_connection()
        self.secure.sendall(self.http.data_to_send())
        while came := self.secure.recv(65536):
            for event in self.http.receive_data(came):
                self.happened(event)
            self.secure.sendall(self.http.data_to_send())

    def happened(self, event: object) -> None:
        if isinstance(event, h2.events.RequestReceived):
            self.headers[event.stream_id] = {str(name): str(value) for name, value in event.headers}
            self.bodies[event.stream_id] = b""
        elif isinstance(event, h2.events.DataReceived):
            self.bodies[event.stream_id] += event.data
        elif isinstance(event, h2.events.StreamEnded):
            stream = event.stream_id
            headers = self.headers[stream]
            status, reason = self.double.answer(headers, self.bodies[stream], self.shown)
            number = headers[":path"].rpartition("/")[2]
            (self.double.heard if status == 200 else self.double.refused).append(number)
            self.http.send_headers(stream, [(":status", str(status))])
            body = json.dumps({"reason": reason}).encode() if reason else b""
            self.http.send_data(stream, body, end_stream=True)
