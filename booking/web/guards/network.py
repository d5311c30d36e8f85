"""Where a request comes from: whose word counts for it, and how many addresses are one neighbour."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Iterable, Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Any

from flask import current_app, request
from werkzeug.middleware.proxy_fix import ProxyFix

from booking.settings import settings_of

Network = IPv4Network | IPv6Network
Application = Callable[[dict[str, Any], Any], Iterable[bytes]]

HOUSEHOLD_BITS = 64  # of an IPv6 address: a household or a phone has at least a /64 to itself (RFC 6177, RIPE-690)
MARK_LENGTH = 32
ID_BY_PROXY = "bestill.request_id"  # in WSGI's environment: what one of our proxies calls the request


class FromProxies:
    """Lets `X-Forwarded-…` count where the peer is one of our proxies; from anybody else it is only a claim."""

    def __init__(self, application: Application, hops: int, proxies: Sequence[Network]) -> None:
        self.direct = application
        self.by_proxy = ProxyFix(application, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[arg-type]
        self.proxies = proxies

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:  # noqa: ANN401  (WSGI's own)
        """WSGI's hook."""
        if self.is_proxy(str(environ.get("REMOTE_ADDR", ""))):
            environ[ID_BY_PROXY] = environ.get("HTTP_X_REQUEST_ID", "")
            return self.by_proxy(environ, start_response)
        return self.direct(environ, start_response)

    def is_proxy(self, peer: str) -> bool:
        """Whether this peer may speak for others; one without an address came through a socket of this machine."""
        address = plain(peer)
        return not peer or (address is not None and any(address in network for network in self.proxies))


def plain(text: str) -> IPv4Address | IPv6Address | None:
    """An address as it is meant: IPv4 also where it is written as IPv6 (RFC 4291, 2.5.5.2); None for anything else."""
    try:
        address = ip_address(text.strip().strip("[]").partition("%")[0])
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address


def neighbour(text: str) -> str:
    """What counts as one place: an IPv4 address, or the /64 that an IPv6 address is in."""
    address = plain(text)
    if isinstance(address, IPv6Address):
        return str(ip_network((address, HOUSEHOLD_BITS), strict=False))
    return str(address) if address is not None else text[:64]


def here() -> str:
    """The place that the request in hand comes from, for counting only."""
    return neighbour(request.remote_addr or "")


def holder() -> str:
    """An opaque mark of the place that the request comes from, for limits on places; "" where limits are off.

    A digest keyed with this installation's secret: the table that keeps it names nobody.
    """
    settings = settings_of(current_app._get_current_object())  # type: ignore[attr-defined]
    if not settings.rate_limits:
        return ""
    return hmac.new(settings.secret_key.encode(), here().encode(), hashlib.sha256).hexdigest()[:MARK_LENGTH]
