"""Whose word counts for where a request comes from, and which addresses are one neighbour."""

from __future__ import annotations

from ipaddress import ip_network

import pytest
from flask import Flask, request

from booking.web.guards.network import FromProxies, neighbour

CLAIM = {"X-Forwarded-For": "203.0.113.9", "X-Forwarded-Proto": "https", "X-Forwarded-Host": "evil.example"}


@pytest.fixture
def behind_a_proxy() -> Flask:
    made = Flask("echo")

    @made.get("/")
    def tell() -> list[str | None]:
        return [request.remote_addr, request.scheme, request.host]

    networks = (ip_network("127.0.0.0/8"), ip_network("10.0.0.0/24"))
    made.wsgi_app = FromProxies(made.wsgi_app, 1, networks)  # type: ignore[method-assign]
    return made


@pytest.mark.parametrize("peer", ["127.0.0.1", "10.0.0.7", "::ffff:10.0.0.7", ""])
def test_a_proxy_of_ours_tells_who_comes(behind_a_proxy: Flask, peer: str) -> None:
    answer = behind_a_proxy.test_client().get("/", headers=CLAIM, environ_base={"REMOTE_ADDR": peer})
    assert answer.json == ["203.0.113.9", "https", "evil.example"]


@pytest.mark.parametrize("peer", ["198.51.100.4", "10.0.1.7", "2001:db8::1", "no address"])
def test_a_stranger_who_claims_to_be_a_proxy_is_not_believed(behind_a_proxy: Flask, peer: str) -> None:
    answer = behind_a_proxy.test_client().get("/", headers=CLAIM, environ_base={"REMOTE_ADDR": peer})
    assert answer.json == [peer, "http", "localhost"]


@pytest.mark.parametrize(
    ("address", "place"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("192.0.2.2", "192.0.2.2"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff::1", "2001:db8:1:2::/64"),
        ("2001:db8:1:3::1", "2001:db8:1:3::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("no address", "no address"),
        ("", ""),
    ],
)
def test_an_ipv4_address_is_one_place_and_so_is_a_64_of_ipv6(address: str, place: str) -> None:
    assert neighbour(address) == place
