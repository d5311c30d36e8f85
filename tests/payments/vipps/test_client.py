"""The client against a stand-in that refuses what Vipps refuses: the same answer to the same question, and an end."""

from __future__ import annotations

import json
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest

from booking.kernel import clock
from booking.payments.provider import (
    CaptureOrder,
    Lapsed,
    OrderLine,
    PaymentOrder,
    PaymentProgress,
    RefundOrder,
    Rejected,
    Unreachable,
)
from booking.payments.vipps import client
from booking.payments.vipps.epayment import VippsMobilePay
from booking.payments.vipps.hooks import register, registered, remove
from booking.payments.vipps.signature import digest_of, is_signed, sign
from tests.vipps_double.client import Vipps

ORDER = PaymentOrder(
    idempotency_key="A2B3C4D5E6F7G8H9J2K3L4M5N6",
    booking_id=7,
    reference="K7Q2M9XA",
    title="VilVite K7Q2M9XA",
    amount=48000,
    currency="NOK",
    lines=(OrderLine("Inngang 04.11.2026 10:00, Voksen", 21000, 2, 1200), OrderLine("Show", 6000, 1, 0)),
    email="kari@example.org",
    lang="nb",
    expires_at=clock.now(),
    return_url="https://vilvite.example/nb/b/x",
    back_url="https://vilvite.example/nb/checkout/x",
)
# From Vipps' documentation: Webhooks API, request authentication.
SECRET = "A0+AeKBRG2KRGvnNwJpQlb6IJFk48CKXCIcrLoHncVJKDILsQSxS6NWCccwWm6r6FhGKhiHTBsG2wo/xU6FY/A=="
BODY = b'{"some-unique-content":"ee6e441b-cc4a-46f8-895d-a5af79bcc233/hello-world"}'
PATH, HOST, DATE = "/e2cee29b-012e-4f1d-8ef4-e95fd74a7a63", "webhook.site", "Thu, 30 Mar 2023 08:38:32 GMT"
SIGNATURE = "agAiSyogQbDHpeucoNwYz+yAr5nJ+v+zasdkSbqzv+U="
AUTHORIZATION = f"HMAC-SHA256 SignedHeaders=x-ms-date;host;x-ms-content-sha256&Signature={SIGNATURE}"


def order(**other: object) -> PaymentOrder:
    """An order that begins now."""
    return replace(ORDER, expires_at=clock.now() + timedelta(minutes=12), **other)  # type: ignore[arg-type]


@pytest.fixture
def provider(vipps: Vipps) -> VippsMobilePay:
    """The real client, with little patience."""
    return VippsMobilePay(vipps.settings(), timeout=(2, 0.5))


def opened(provider: VippsMobilePay, **other: object) -> str:
    """A payment that waits for its buyer."""
    return provider.open(order(**other)).ref


def test_an_order_is_begun_with_its_lines_and_the_same_one_for_the_same_key(
    provider: VippsMobilePay, vipps: Vipps
) -> None:
    session = provider.open(order())
    assert provider.open(order()).ref == session.ref
    assert session.url == f"{vipps.base}/landing/{session.ref}"
    assert session.ref.startswith("K7Q2M9XA-")
    assert len(vipps.pull("payments")["data"]) == 1
    assert "kari" not in str(vipps.requests("POST")) and "phone" not in str(vipps.requests("POST"))


@pytest.mark.parametrize("what", ["500", "429", "cut", "hang"])
def test_an_answer_that_is_lost_leaves_one_payment_that_is_found_again(
    provider: VippsMobilePay, vipps: Vipps, what: str
) -> None:
    vipps.fault(what, path="/epayment/v1/payments$", after=True, seconds=1)
    with pytest.raises(Unreachable):
        provider.open(order())
    assert provider.look(provider.open(order()).ref).progress is PaymentProgress.OPEN
    assert len(vipps.pull("payments")["data"]) == 1


def test_a_key_that_vipps_has_forgotten_finds_the_payment_by_its_name(provider: VippsMobilePay, vipps: Vipps) -> None:
    session = provider.open(order())
    vipps.pull("forget-keys")
    opened_again = provider.open(order())
    assert (opened_again.ref, opened_again.url) == (session.ref, session.url)


@pytest.mark.parametrize(
    "other",
    [{"amount": 99, "lines": ()}, {"currency": "EUR"}, {"return_url": "http://vilvite.example/"}, {"title": "V"}],
)
def test_what_vipps_does_not_take_is_refused_for_good(provider: VippsMobilePay, other: dict[str, object]) -> None:
    with pytest.raises(Rejected):
        opened(provider, **other)


def test_one_that_would_outlive_our_places_is_not_begun(provider: VippsMobilePay, vipps: Vipps) -> None:
    with pytest.raises(Rejected):
        provider.open(replace(order(), expires_at=clock.now() + timedelta(minutes=9)))
    assert vipps.pull("payments")["data"] == []


def test_the_token_is_fetched_once_and_again_when_it_is_taken_back(provider: VippsMobilePay, vipps: Vipps) -> None:
    ref = opened(provider)
    for _ in range(3):
        provider.look(ref)
    assert len(vipps.requests("POST", "/accesstoken/get")) == 1
    vipps.pull("end-tokens")
    assert provider.look(ref).progress is PaymentProgress.OPEN
    assert len(vipps.requests("POST", "/accesstoken/get")) == 2


def test_a_wrong_key_says_nothing_about_anybodys_payment(vipps: Vipps) -> None:
    wrong = VippsMobilePay(replace(vipps.settings(), client_secret="no"))
    with pytest.raises(Unreachable) as raised:
        wrong.look("K7Q2M9XA-1")
    assert vipps.settings().client_secret not in str(raised.value)
    assert "secret" not in repr(vipps.settings()).replace("secret_", "")


def test_what_is_approved_is_sold_and_stays_so_when_it_is_taken_and_sent_back(
    provider: VippsMobilePay, vipps: Vipps
) -> None:
    ref = opened(provider)
    vipps.answer(ref, "decline")
    assert provider.look(ref).progress is PaymentProgress.OPEN
    vipps.answer(ref)
    assert (provider.look(ref).progress, provider.look(ref).amount) == (PaymentProgress.PAID, 48000)
    assert provider.capture(CaptureOrder("c", ref, 48000, 48000, "NOK")) == 48000
    assert provider.refund(RefundOrder("r", ref, ref, 8000, "NOK", 7)).done
    assert provider.refund(RefundOrder("s", ref, ref, 40000, "NOK", 7)).done
    assert (provider.look(ref).progress, vipps.money(ref)) == (PaymentProgress.PAID, (48000, 0, 48000))
    with pytest.raises(Rejected):
        provider.refund(RefundOrder("t", ref, ref, 1, "NOK", 7))


@pytest.mark.parametrize("how", ["abort", "wait"])
def test_what_is_not_approved_is_over(provider: VippsMobilePay, vipps: Vipps, how: str) -> None:
    ref = opened(provider)
    if how == "abort":
        vipps.answer(ref, how)
    else:
        vipps.advance(601)
    assert provider.look(ref).progress is PaymentProgress.EXPIRED
    assert provider.close(ref).progress is PaymentProgress.EXPIRED


def test_closing_stops_what_is_not_approved_and_nothing_else(provider: VippsMobilePay, vipps: Vipps) -> None:
    waiting = opened(provider)
    assert provider.close(waiting).progress is PaymentProgress.EXPIRED
    paid = opened(provider, idempotency_key="Z" * 26)
    vipps.answer(paid)
    assert provider.close(paid).progress is PaymentProgress.PAID
    assert vipps.money(paid) == (0, 0, 0)


@pytest.mark.parametrize("path", ["/capture$", "/cancel$"])
@pytest.mark.parametrize(("what", "after"), [("cut", False), ("cut", True), ("500", True), ("429", False)])
def test_a_part_is_taken_once_and_the_rest_let_go_of_whatever_is_lost_between(
    provider: VippsMobilePay, vipps: Vipps, path: str, what: str, after: bool
) -> None:
    ref = opened(provider)
    vipps.answer(ref)
    wanted = CaptureOrder("c", ref, 30000, 48000, "NOK")
    vipps.fault(what, path=path, after=after)
    with pytest.raises(Unreachable):
        provider.capture(wanted)
    vipps.pull("forget-keys")
    assert provider.capture(wanted) == 30000
    assert provider.capture(wanted) == 30000
    assert vipps.money(ref) == (30000, 18000, 0)


def test_nothing_is_taken_where_all_goes_back(provider: VippsMobilePay, vipps: Vipps) -> None:
    ref = opened(provider)
    vipps.answer(ref)
    assert provider.capture(CaptureOrder("c", ref, 0, 48000, "NOK")) == 0
    assert vipps.money(ref) == (0, 48000, 0)
    assert provider.refunded(ref) == 48000


def test_what_has_lapsed_cannot_be_taken(provider: VippsMobilePay, vipps: Vipps) -> None:
    ref = opened(provider)
    vipps.answer(ref)
    vipps.advance(8 * 86_400)
    with pytest.raises(Lapsed):
        provider.capture(CaptureOrder("c", ref, 48000, 48000, "NOK"))


def test_money_goes_back_once_also_when_vipps_has_forgotten_the_key(provider: VippsMobilePay, vipps: Vipps) -> None:
    ref = opened(provider)
    vipps.answer(ref)
    provider.capture(CaptureOrder("c", ref, 48000, 48000, "NOK"))
    vipps.fault("cut", path="/refund$", after=True)
    back = RefundOrder("staff:mark:1", ref, ref, 8000, "NOK", 7)
    with pytest.raises(Unreachable):
        provider.refund(back)
    vipps.pull("forget-keys")
    told = provider.refund(back)
    assert (told.done, vipps.money(ref)[2]) == (True, 8000)
    assert provider.look_refund(told.ref).done


def test_an_answer_that_is_no_sense_is_none(provider: VippsMobilePay, vipps: Vipps) -> None:
    with pytest.raises(Rejected):
        provider.look("K7Q2M9XA-9")


def test_the_published_signature_is_ours(vipps: Vipps) -> None:
    assert digest_of(BODY) == "lNlsp1XA03N34HrQsVzPgJKtC+r7l/RBF4V3JQUWMj4="
    assert sign(BODY, SECRET, PATH, DATE, HOST) == AUTHORIZATION
    assert is_signed(BODY, SECRET, PATH, DATE, HOST, AUTHORIZATION)


@pytest.mark.parametrize("place", range(len(BODY)))
def test_one_changed_byte_does_not_pass(place: int) -> None:
    changed = bytes([*BODY[:place], BODY[place] ^ 1, *BODY[place + 1 :]])
    assert not is_signed(changed, SECRET, PATH, DATE, HOST, AUTHORIZATION)


@pytest.mark.parametrize(
    ("secret", "path", "date", "host", "authorization"),
    [
        (SECRET[:-1], PATH, DATE, HOST, AUTHORIZATION),
        (SECRET, PATH + "?a=b", DATE, HOST, AUTHORIZATION),
        (SECRET, PATH, DATE.replace("2023", "2024"), HOST, AUTHORIZATION),
        (SECRET, PATH, DATE, "webhook.example", AUTHORIZATION),
        (SECRET, PATH, DATE, HOST, AUTHORIZATION[:-1]),
        (SECRET, PATH, DATE, HOST, ""),
        (SECRET, PATH, DATE, HOST, "æøå"),
        ("", PATH, DATE, HOST, sign(BODY, "", PATH, DATE, HOST)),
        (SECRET, PATH, "", HOST, sign(BODY, SECRET, PATH, "", HOST)),
    ],
)
def test_nothing_else_that_is_signed_may_change(
    secret: str, path: str, date: str, host: str, authorization: str
) -> None:
    assert not is_signed(BODY, secret, path, date, host, authorization)


def test_news_are_registered_listed_and_taken_away(provider: VippsMobilePay, vipps: Vipps) -> None:
    assert register(provider.client, "https://vilvite.example") == SECRET
    (hook,) = registered(provider.client)
    assert hook.url == "https://vilvite.example/vipps/webhook"
    remove(provider.client, hook.ref)
    assert registered(provider.client) == []


@pytest.mark.parametrize("page", ["https://[x", "https://", "{base}.elsewhere.example/", "ftp://x.example/"])
def test_a_page_that_is_none_is_no_answer(
    provider: VippsMobilePay, vipps: Vipps, monkeypatch: pytest.MonkeyPatch, page: str
) -> None:
    answer = {"redirectUrl": page.format(base=vipps.base)}
    monkeypatch.setattr(provider.client, "post", lambda *_asked: answer)
    with pytest.raises(Unreachable):
        provider.open(order())


@pytest.mark.parametrize("value", ["1e999", "-1e999", "NaN", "null", '"x"', "[]"])
def test_a_sum_that_is_none_is_no_answer(provider: VippsMobilePay, monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    part = f'{{"value": {value}}}'
    parts = ", ".join(f'"{name}Amount": {part}' for name in ("authorized", "captured", "cancelled", "refunded"))
    told = json.loads(
        f'{{"state": "AUTHORIZED", "amount": {{"value": 1, "currency": "NOK"}}, "aggregate": {{{parts}}}}}'
    )
    monkeypatch.setattr(provider.client, "get", lambda _path: told)
    with pytest.raises(Unreachable):
        provider.look("a-reference")


def test_those_who_wait_for_a_token_that_cannot_be_had_do_not_ask_one_after_another(vipps: Vipps) -> None:
    provider = VippsMobilePay(vipps.settings(), timeout=(2, 0.5))
    vipps.fault("hang", path="/accesstoken/get", times=9, seconds=1)

    def look() -> bool:
        with pytest.raises(Unreachable):
            provider.look("a-reference")
        return True

    with ThreadPoolExecutor(6) as threads:
        assert all(future.result() for future in [threads.submit(look) for _ in range(6)])
    assert len(vipps.requests("POST", "/accesstoken/get")) == 1


def test_a_token_is_asked_for_again_after_a_few_seconds(vipps: Vipps, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client, "PAUSE", 0.1)
    provider = VippsMobilePay(vipps.settings(), timeout=(2, 0.5))
    vipps.fault("500", path="/accesstoken/get")
    with pytest.raises(Unreachable):
        opened(provider)
    time.sleep(0.2)
    assert opened(provider)
