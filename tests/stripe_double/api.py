"""The part of Stripe's API that is spoken here, with its idempotency keys."""

from __future__ import annotations

import copy
import hashlib
import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from tests.stripe_double import till
from tests.stripe_double.checks import check
from tests.stripe_double.forms import decode
from tests.stripe_double.problems import Json, Problem
from tests.stripe_double.store import Answered, Store

ANSWERED_BEFORE = "Keys for idempotent requests can only be used with the same parameters they were first used with."
UNDER_WAY = "There is currently another in-progress request using this Idempotent Key."


@dataclass(frozen=True, slots=True)
class Request:
    """What came in."""

    method: str
    path: str
    text: str  # form encoded: the body of a POST, the query of a GET
    key: str = ""  # the secret API key
    once: str = ""  # the idempotency key


@dataclass(frozen=True, slots=True)
class Answer:
    """What goes out."""

    status: int
    body: Json
    headers: dict[str, str] = field(default_factory=dict)


Work = Callable[[Store, str, Json], Json]


def _session_get(store: Store, ref: str, params: Json) -> Json:
    return _expanded(store, store.get("session", ref), params)


def _sessions(store: Store, _ref: str, params: Json) -> Json:
    sessions = store.tables["session"].values()
    wanted = {name: params[name] for name in ("payment_intent", "status") if name in params}
    return store.page(
        (session for session in sessions if wanted.items() <= session.items()), params, "/v1/checkout/sessions"
    )


def _disputes(store: Store, _ref: str, params: Json) -> Json:
    for name, table in (("payment_intent", "intent"), ("charge", "charge")):
        if name in params:
            store.get(table, params[name])  # of what does not exist Stripe lists nothing
    disputes = store.tables["dispute"].values()
    wanted = {name: params[name] for name in ("payment_intent", "charge") if name in params}
    return store.page((dispute for dispute in disputes if wanted.items() <= dispute.items()), params, "/v1/disputes")


def _events(store: Store, _ref: str, params: Json) -> Json:
    kinds = params.get("types") or ([params["type"]] if "type" in params else None)
    if kinds is not None and len(kinds) > 20:
        raise Problem("Invalid array: types can have at most 20 items.", param="types")
    created = params.get("created", {})
    bounds = created if isinstance(created, dict) else {"gte": created, "lte": created}
    events = [
        event
        for event in store.tables["event"].values()
        if (kinds is None or event["type"] in kinds)
        and params.get("delivery_success", event["id"] in store.delivered) == (event["id"] in store.delivered)
        and bounds.get("gte", 0) <= event["created"] <= bounds.get("lte", event["created"])
        and bounds.get("gt", -1) < event["created"] < bounds.get("lt", event["created"] + 1)
    ]
    return store.page(events, params, "/v1/events")


def _expanded(store: Store, kept: Json, params: Json) -> Json:
    shown = copy.deepcopy(kept)
    for name in params.get("expand", []):
        table = {"payment_intent": "intent", "latest_charge": "charge", "charge": "charge"}.get(name)
        if table is None or name not in shown:
            raise Problem(f"This property cannot be expanded ({name}).", param="expand")
        if shown[name] is not None:
            shown[name] = copy.deepcopy(store.get(table, shown[name]))
    return shown


REF = "([A-Za-z0-9_]+)"
ROUTES: list[tuple[str, str, str, Work]] = [
    ("POST", "/v1/checkout/sessions", "checkout._session_create_params", lambda s, _, p: till.open_session(s, p)),
    ("GET", "/v1/checkout/sessions", "checkout._session_list_params", _sessions),
    ("GET", f"/v1/checkout/sessions/{REF}", "checkout._session_retrieve_params", _session_get),
    (
        "POST",
        f"/v1/checkout/sessions/{REF}/expire",
        "checkout._session_expire_params",
        lambda s, ref, p: _expanded(s, till.expire_session(s, ref), p),
    ),
    (
        "GET",
        f"/v1/payment_intents/{REF}",
        "_payment_intent_retrieve_params",
        lambda s, ref, p: _expanded(s, s.get("intent", ref), p),
    ),
    (
        "GET",
        f"/v1/charges/{REF}",
        "_charge_retrieve_params",
        lambda s, ref, p: _expanded(s, s.get("charge", ref), p),
    ),
    ("POST", "/v1/refunds", "_refund_create_params", lambda s, _, p: till.make_refund(s, p)),
    ("GET", f"/v1/refunds/{REF}", "_refund_retrieve_params", lambda s, ref, p: _expanded(s, s.get("refund", ref), p)),
    ("GET", "/v1/disputes", "_dispute_list_params", _disputes),
    ("GET", "/v1/events", "_event_list_params", _events),
    ("GET", f"/v1/events/{REF}", "_event_retrieve_params", lambda s, ref, _: s.get("event", ref)),
]


def answer(store: Store, request: Request) -> Answer:
    """Work on a request as Stripe would; the same idempotency key gets the same answer."""
    try:
        _check_key(request.key)
        if not request.once or request.method != "POST":
            return Answer(200, _work(store, request))
        return _answer_once(store, request)
    except Problem as problem:
        return Answer(problem.status, problem.body)


def remember(store: Store, request: Request, given: Answer) -> None:
    """Let a key have this answer from now on."""
    with store.lock:
        store.answered[request.once] = Answered(_fingerprint(request), given.status, given.body)


@contextmanager
def under_way(store: Store, request: Request) -> Iterator[None]:
    """Meanwhile a request with this key is under way, and another one is a conflict."""
    mine = Answered(_fingerprint(request))
    with store.lock:
        store.answered.setdefault(request.once, mine)
    yield
    with store.lock:
        if store.answered.get(request.once) is mine:
            del store.answered[request.once]


def _answer_once(store: Store, request: Request) -> Answer:
    with store.lock:
        before = store.answered.get(request.once)
        if before is not None and before.fingerprint != _fingerprint(request):
            raise Problem(ANSWERED_BEFORE, kind="idempotency_error")
        if before is not None and before.status is None:
            raise Problem(UNDER_WAY, status=409, kind="idempotency_error", code="idempotency_key_in_use")
        if before is not None and before.status is not None:
            return Answer(before.status, before.body, {"Idempotent-Replayed": "true"})
        given = Answer(200, copy.deepcopy(_work(store, request)))  # a refusal is raised here and not remembered
        remember(store, request, given)
        return given


def _work(store: Store, request: Request) -> Json:
    for method, pattern, kind, work in ROUTES:
        match = re.fullmatch(pattern, request.path)
        if match and method == request.method:
            params = check(kind, decode(request.text))
            with store.lock:
                till.tick(store)
                return copy.deepcopy(work(store, "".join(match.groups()), params))
    raise Problem(f"Unrecognized request URL ({request.method}: {request.path}).", status=404)


def _check_key(key: str) -> None:
    if not re.fullmatch("sk_test_[A-Za-z0-9]+", key):
        raise Problem(f"Invalid API Key provided: {key[:8]}****", status=401)


def _fingerprint(request: Request) -> str:
    return hashlib.sha256(json.dumps([request.method, request.path, request.text]).encode()).hexdigest()
