"""Nonsense for every address: requests that no browser of ours would send, drawn by a seed.

Every route, GET and POST, as nobody and as each role, with what its own pages hold bent in all the ways that have
broken something once. By hand: `python -m tests.web.fuzzing --requests 20000 --seed 7` (the demo centre, on SQLite in
a folder that is thrown away, or `--database postgresql+psycopg://…`, an empty one).
"""

from __future__ import annotations

import argparse
import html
import io
import json
import random
import re
import sys
import tempfile
import traceback
from collections import Counter
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, unquote, urlencode

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.exceptions import HTTPException
from werkzeug.routing import Rule

from booking import create_app
from booking.demo.load import load_if_empty
from booking.kernel import clock
from booking.kernel.database import Model, db, unit_of_work
from booking.settings import Settings, settings_of
from booking.staff.models import Role
from booking.staff.sessions import add_account, new_link, use_link
from booking.visits.links import feedback_key, key_for

NOBODY = "nobody"
ROLES = (NOBODY, NOBODY, *Role, Role.ADMIN, Role.ADMIN)  # an administrator gets further
AGAIN = 40  # requests after which a role signs in anew: nonsense also ends sessions
# What Flask and Werkzeug mean something by, when it comes as a name.
NAMES = (
    "endpoint",
    "_method",
    "_scheme",
    "_external",
    "_anchor",
    "lang",
    "values",
    "self",
    "filename",
    "secret",
    "\0",
    "",
)
VALUES = (
    "", "\0", "a\0b", "٢", "-1", "0", "1", "00", "1e9", "9" * 30, str(2**31), str(2**63), str(2**64), "1.5", "½", " ",
    "<b>", "{{7*7}}", "%s%n", "../../etc/passwd", "null", "[]", "{}", "true", "NaN", "on", "😀",
    "\u202e", "\ufeff", "\ud800",
    "2026-02-30", "0000-00-00", "9999-12-31", "10000-01-01", "0001-01-01", "2026-11-29", "2026-W01", "24:00", "25:61",
    "10:00", "kari@example.org", "a" * 5000, "a@" + "b" * 300, "\r\nX: y", "'; DROP TABLE booking; --", ",", ";", "\n",
)  # fmt: skip
KINDS = ("form", "form", "form", "form", "multipart", "file", "json", "list", "text", "empty", "broken", "other")


@dataclass
class Asked:
    """One request, as it can be read in a report and sent again."""

    who: str
    method: str
    path: str
    kind: str
    fields: list[tuple[str, str]]

    def __str__(self) -> str:
        shown = [(name, value if len(value) < 60 else f"{value[:40]}…({len(value)})") for name, value in self.fields]
        return f"{self.who}: {self.method} {self.path[:300]!a} {self.kind} {shown!a}"


@dataclass
class Broken:
    """A request that was answered 5xx or not at all."""

    asked: Asked
    cause: str  # the exception with its last lines, or the status

    @property
    def place(self) -> str:
        """What tells one fault from another."""
        return self.cause.strip().splitlines()[-1][:160] + " @ " + _ours(self.cause)


def _ours(trace: str) -> str:
    frames = re.findall(r'File "[^"]*/(booking/[^"]+)", line (\d+)', trace)
    return ":".join(frames[-1]) if frames else "?"


@dataclass
class Fuzzer:
    """Draws requests for an app with a centre in it, and sends them."""

    app: Flask
    seed: int
    broken: list[Broken] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self.chance = random.Random(self.seed)
        self.rules = [rule for rule in self.app.url_map.iter_rules() if rule.endpoint != "static"]
        self.clients: dict[str, tuple[FlaskClient, int]] = {}
        self.forms: dict[str, list[list[tuple[str, str]]]] = {}
        self.addresses: dict[str, list[dict[str, Any]]] = {}  # by endpoint: what stands in addresses on pages
        self.known = self._known()
        self.adapter = self.app.url_map.bind("localhost")

    def run(self, requests: int) -> list[Broken]:
        """Send so many, each route and method as often as any other, by whoever; returns what broke."""
        handlers = self.app.error_handler_spec[None][None]
        drawn = handlers.pop(Exception, None)  # so that what breaks is seen, not drawn
        before = {name: self.app.config.get(name) for name in ("WTF_CSRF_ENABLED", "WTF_CSRF_CHECK_DEFAULT")}
        self.app.config.update(WTF_CSRF_ENABLED=False, WTF_CSRF_CHECK_DEFAULT=False)
        try:
            self._learn()
            cases = [
                (rule, method) for rule in self.rules for method in ("GET", "POST") if method in (rule.methods or ())
            ]
            while requests > 0:
                self.chance.shuffle(cases)
                for rule, method in cases[:requests]:
                    self.send(self._draw(str(self.chance.choice(ROLES)), rule, method))
                requests -= len(cases)
        finally:
            self.app.config.update(before)
            if drawn is not None:
                handlers[Exception] = drawn
        return self.broken

    def send(self, wanted: Asked) -> None:
        """Send one, and keep what came of it."""
        client = self._client(wanted.who)
        try:
            with self.app.app_context():
                answer = client.open(wanted.path, method=wanted.method, **_body(wanted))
                self.statuses[answer.status_code] += 1
                if answer.status_code >= 500 and wanted.path.split("?")[0] != "/healthz":  # which says what is amiss
                    self.broken.append(Broken(wanted, f"status {answer.status_code}"))
                elif answer.mimetype == "text/html":
                    self._take(answer.get_data(as_text=True))
                answer.close()
        except Exception:
            self.broken.append(Broken(wanted, traceback.format_exc()))
        finally:
            with self.app.app_context():
                db.session.remove()

    def _draw(self, who: str, rule: Rule, method: str) -> Asked:
        path = self._path(rule)
        if self.chance.random() < (0.6 if method == "GET" else 0.2):
            path += "?" + urlencode(self._fields(self._a_form(rule)), errors="surrogatepass")
        if method == "GET":
            return Asked(who, method, path, "empty", [])
        return Asked(who, method, path, self.chance.choice(KINDS), self._fields(self._a_form(rule)))

    def _a_form(self, rule: Rule) -> list[tuple[str, str]]:
        forms = self.forms.get(rule.endpoint)
        return list(self.chance.choice(forms)) if forms else []

    def _fields(self, fields: list[tuple[str, str]]) -> list[tuple[str, str]]:
        """A form with some of its fields bent, doubled or gone, and some that it does not have."""
        chance = self.chance
        for _ in range(chance.randint(0, 3)):
            if fields and chance.random() < 0.8:
                at = chance.randrange(len(fields))
                name, value = fields[at]
                match chance.randrange(5):
                    case 0:
                        fields.pop(at)
                    case 1:
                        fields.append((name, chance.choice((value, chance.choice(VALUES)))))
                    case 2:
                        fields[at] = (chance.choice((name + "0", name[:-1], name + "[]", name.upper())), value)
                    case _:
                        fields[at] = (name, chance.choice(VALUES))
            else:
                fields.append((chance.choice(NAMES), chance.choice(VALUES)))
        if chance.random() < 0.01:
            fields.extend([(chance.choice(fields)[0] if fields else "x", "1")] * 3000)
        return fields

    def _path(self, rule: Rule) -> str:
        seen = self.addresses.get(rule.endpoint)
        real = self.chance.choice(seen) if seen and self.chance.random() < 0.7 else {}

        def filled(argument: re.Match[str]) -> str:
            kind, name = argument[1] or "", argument[2]
            if name in real and self.chance.random() < 0.95:
                return quote(str(real[name]), safe="")
            if name == "lang":
                return self.chance.choice(("nb", "nn", "en", "lv", "en", "xx"))
            if self.chance.random() < 0.15:
                return quote(self.chance.choice(VALUES)[:200], errors="surrogatepass", safe="")
            if kind.startswith("int"):
                return str(self.chance.choice((self.chance.randint(1, 30), self.chance.randint(1, 400), 10**12)))
            return quote(self.chance.choice(self.known.get(name) or ["x"]), safe="")

        return re.sub(r"<(?:(\w+)(?:\([^)]*\))?:)?(\w+)>", filled, rule.rule)

    def _known(self) -> dict[str, list[str]]:
        """What stands in addresses, of this centre: by the argument's name."""
        known: dict[str, list[str]] = {}
        with self.app.app_context():
            for table in Model.metadata.sorted_tables:
                for column in table.c:
                    if column.name in ("secret", "slug", "ref", "public_id", "provider_ref", "code", "reference"):
                        values = db.session.scalars(select(column).where(column.is_not(None)).limit(40)).all()
                        known.setdefault(column.name, []).extend(str(value) for value in values if value)
            key = settings_of(self.app).secret_key
            known["key"] = [key_for("kari@example.org", key, clock.now()), feedback_key(1, key)]
            known["ref"] = known.get("ref", []) + known.get("provider_ref", [])
            db.session.remove()
        self.chance.shuffle(known["secret"])
        return known

    def _learn(self) -> None:
        """Open every page, then once more to go where links lead: their forms are what is bent."""
        for who in (NOBODY, Role.ADMIN, Role.ADMIN):
            for rule in self.rules:
                if "GET" in (rule.methods or ()):
                    self.send(Asked(who, "GET", self._path(rule), "empty", []))

    def _take(self, page: str) -> None:
        """Remember what a page leads to: its forms, and what stands in its addresses."""
        for address in re.findall(r'(?:href|src)="(/[^"]*)"', page):
            self._endpoint(address, "GET")
        for form in re.finditer(r"(?s)<form\b([^>]*)>(.*?)</form>", page):
            action = re.search(r'action="(/[^"]*)"', form[1])
            method = "POST" if re.search(r'method="post"', form[1], re.IGNORECASE) else "GET"
            endpoint = self._endpoint(action[1], method) if action else None
            if endpoint:
                kept = self.forms.setdefault(endpoint, [])
                if len(kept) < 12:
                    kept.append(_fields_of(form[2]))

    def _endpoint(self, address: str, method: str) -> str | None:
        try:
            endpoint, values = self.adapter.match(unquote(html.unescape(address)).split("?")[0], method=method)
        except HTTPException:
            return None
        kept = self.addresses.setdefault(str(endpoint), [])
        if values and len(kept) < 40 and values not in kept:
            kept.append(dict(values))
        return str(endpoint)

    def _client(self, who: str) -> FlaskClient:
        client, left = self.clients.get(who, (None, 0))
        if client is None or left <= 0:
            client, left = self.app.test_client(), AGAIN
            if who != NOBODY:
                with self.app.app_context():
                    now = clock.now()
                    with unit_of_work():
                        account = add_account(f"{who}-{self.chance.random()}@example.org", who, Role(who), now)
                    with unit_of_work():
                        client.set_cookie("staff", use_link(new_link(account, now), now))
                    db.session.remove()
        self.clients[who] = (client, left - 1)
        return client


def _fields_of(form: str) -> list[tuple[str, str]]:
    fields = []
    for tag in re.finditer(r"<(?:input|select|textarea|button)\b[^>]*>", form):
        name = re.search(r'\bname="([^"]*)"', tag[0])
        if name and name[1] != "csrf_token":
            value = re.search(r'\bvalue="([^"]*)"', tag[0])
            fields.append((html.unescape(name[1]), html.unescape(value[1]) if value else "1"))
    for select_tag in re.finditer(r'(?s)<select\b[^>]*name="([^"]*)".*?<option[^>]*value="([^"]*)"', form):
        fields.append((html.unescape(select_tag[1]), html.unescape(select_tag[2])))
    return fields[:80]


def _body(wanted: Asked) -> dict[str, Any]:
    """The fields as a body of some kind."""
    if wanted.method == "GET" or wanted.kind == "empty":
        return {}
    fields = wanted.fields
    form = urlencode(fields, errors="surrogatepass").encode()
    match wanted.kind:
        case "form":
            return {"data": form, "content_type": "application/x-www-form-urlencoded"}
        case "multipart":
            return {"data": _multipart(fields, files=False), "content_type": "multipart/form-data; boundary=xyz"}
        case "file":
            return {"data": _multipart(fields, files=True), "content_type": "multipart/form-data; boundary=xyz"}
        case "json":
            return {"data": json.dumps(dict(fields)), "content_type": "application/json"}
        case "list":
            return {"data": json.dumps([[name, [value]] for name, value in fields]), "content_type": "application/json"}
        case "text":
            return {"data": form, "content_type": "text/plain; charset=utf-16"}
        case "broken":
            return {"data": b"--xyz\r\nContent-Disposition: form-data; name=", "content_type": "multipart/form-data"}
        case _:
            return {"input_stream": io.BytesIO(form), "content_type": "application/x-www-form-urlencoded; charset=x"}


def _multipart(fields: list[tuple[str, str]], *, files: bool) -> bytes:
    out = []
    for name, value in fields:
        of_file = '; filename="a\\"b.csv"\r\nContent-Type: text/csv' if files else ""
        head = f'--xyz\r\nContent-Disposition: form-data; name="{name}"{of_file}\r\n\r\n'
        out.append(f"{head}{value}\r\n".encode("utf-8", "surrogatepass"))
    return b"".join(out) + b"--xyz--\r\n"


def main() -> None:
    """Fuzz a demo centre and tell what broke; exit 1 when something did."""
    parser = argparse.ArgumentParser(prog="fuzzing", description="Send nonsense to every address.")
    parser.add_argument("--requests", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--database", default="")
    parser.add_argument("--traces", action="store_true", help="whole tracebacks")
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        url = wanted.database or f"sqlite:///{folder}/fuzz.db"
        environment = {
            "DATABASE_URL": url,
            "INSTANCE_DIR": folder,
            "RATE_LIMITS": "off",
            "PUBLIC_URL": "http://localhost",
        }
        app = create_app(Settings.from_environment(environment))
        app.testing = True
        with app.app_context():
            Model.metadata.create_all(db.engine)
            load_if_empty("vilvite")
            db.session.remove()
        fuzzer = Fuzzer(app, wanted.seed)
        broken = fuzzer.run(wanted.requests)
    print(dict(sorted(fuzzer.statuses.items())))
    for place, count in Counter(answer.place for answer in broken).most_common():
        first = next(answer for answer in broken if answer.place == place)
        print(f"\n{count} × {place}\n    {first.asked}")
        if wanted.traces:
            print(first.cause)
    print(f"\n{len(broken)} broken")
    sys.exit(bool(broken))


if __name__ == "__main__":
    main()
