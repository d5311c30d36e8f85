"""The environment, read once, checked, typed. Each mistake is one clear sentence."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from pathlib import Path
from typing import TYPE_CHECKING

from booking import wires
from booking.google_wallet_keys import GoogleWallet, read_google
from booking.kernel import clock
from booking.kernel.database import sqlite_version
from booking.kernel.private_files import LEAST_SECRET, is_secret, kept_secret
from booking.kernel.server.patience import Waits
from booking.vipps_keys import VippsSettings, read_vipps
from booking.waits import read_waits
from booking.wallet_keys import AppleWallet, read_apple

if TYPE_CHECKING:
    from flask import Flask

EVERYWHERE = "0.0.0.0"  # noqa: S104  (a demo is looked at from other machines of the house)
OF_THIS_MACHINE = "127.0.0.0/8, ::1"
Network = IPv4Network | IPv6Network
DEMO_CENTRES = ("vilvite", "vizium")  # what an empty database may be filled with


class Mode(StrEnum):
    """Demo plays with pretended money and mail; production refuses to."""

    DEMO = "demo"
    PRODUCTION = "production"


class SettingsError(Exception):
    """What is wrong with the environment, a sentence each."""

    def __init__(self, mistakes: list[str]) -> None:
        super().__init__(" ".join(mistakes))
        self.mistakes = mistakes


@dataclass(frozen=True, slots=True)
class MailSettings:
    """The mail server to hand letters to."""

    server: str
    port: int
    username: str
    password: str
    use_tls: bool


@dataclass(frozen=True, slots=True)
class StripeSettings:
    """Keys of the Stripe account; `api_base` differs from Stripe's own only in tests."""

    secret_key: str
    webhook_secret: str
    api_base: str


@dataclass(frozen=True, slots=True)
class AccessPointSettings:
    """The account at whoever sends electronic invoices; `base` without a slash at its end."""

    base: str
    key: str = field(repr=False)
    webhook_secret: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that differs from one installation to another."""

    mode: Mode
    port: int
    public_url: str
    instance_dir: Path
    database_url: str
    database_pool: int
    waits: Waits
    secret_key: str
    bind: str
    trusted_proxies: int
    proxy_addresses: tuple[Network, ...]
    rate_limits: bool
    redis_url: str | None
    mail: MailSettings | None
    mail_sender: str
    stripe: StripeSettings | None
    vipps: VippsSettings | None
    access_point: AccessPointSettings | None
    apple_wallet: AppleWallet | None
    google_wallet: GoogleWallet | None
    invoice_folder: Path
    web_processes: int
    web_threads: int
    stuck_seconds: int  # until a process that does not get on is replaced
    demo_centre: str | None = None
    clock_ahead: timedelta = timedelta()  # of the machine's clock, in a demo on another day
    drain: int = 0  # seconds for which a server that is told to end says so before it shuts the door
    metrics_token: str = field(default="", repr=False)  # what opens /metrics; "": nothing does
    one_host: bool = False  # who comes by another host is led to that of the public address

    @property
    def is_production(self) -> bool:
        """Whether real money and real mail are at stake."""
        return self.mode is Mode.PRODUCTION

    @property
    def has_wallet(self) -> bool:
        """Whether bookings can be saved in some wallet of phones."""
        return self.apple_wallet is not None or self.google_wallet is not None

    @property
    def is_secure(self) -> bool:
        """Whether visitors come by https."""
        return self.public_url.startswith("https://")

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> Settings:
        """Read and check the environment. Raises SettingsError with every mistake found."""
        reader = _Reader(environment)
        settings = reader.settings()
        if reader.mistakes:
            raise SettingsError(reader.mistakes)
        return settings


def settings_of(app: Flask) -> Settings:
    """The settings an app was made with."""
    settings: Settings = app.extensions["settings"]
    return settings


class _Reader:
    """Reads one variable after the other and remembers what is wrong."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self.environment = environment
        self.mistakes: list[str] = []

    def settings(self) -> Settings:
        mode = self.mode()
        port = self.number("PORT", 8000, 1, 65535)
        instance = Path(self.text("INSTANCE_DIR", "instance")).resolve()
        database_url = self.database(instance)
        public_url = self.public_url(port)
        web_threads = self.number("WEB_THREADS", 4, 1, 64)
        stripe, mail, access_point = self.stripe(), self.mail(), self.access_point()
        vipps = read_vipps(self.text, self.number, self.yes_or_no, self.mistakes)
        google = read_google(self.text, self.mistakes)
        if mode is Mode.PRODUCTION:
            self.check_production(public_url, stripe, mail)
            self.mistakes += wires.in_the_clear(
                database_url,
                {
                    "STRIPE_API_BASE": stripe.api_base if stripe else "",
                    "VIPPS_API_BASE": vipps.base if vipps else "",
                    "ACCESS_POINT_URL": access_point.base if access_point else "",
                    "WALLET_GOOGLE_API": google.api if google else "",
                    "token_uri in WALLET_GOOGLE_KEY": google.tokens if google else "",
                },
                mail.server if mail and not mail.use_tls else "",
            )
        return Settings(
            mode=mode,
            port=port,
            public_url=public_url,
            instance_dir=instance,
            database_url=database_url,
            database_pool=self.number("DATABASE_POOL", max(5, web_threads), 1, 64),
            waits=read_waits(self.number),
            secret_key=self.secret_key(mode, instance),
            bind=self.bind(mode),
            trusted_proxies=self.trusted_proxies(mode),
            proxy_addresses=self.proxy_addresses(),
            rate_limits=self.rate_limits(mode),
            redis_url=self.redis_url(),
            mail=mail,
            mail_sender=self.text("MAIL_SENDER", "bestill@localhost"),
            stripe=stripe,
            vipps=vipps,
            access_point=access_point,
            apple_wallet=read_apple(self.text, self.mistakes),
            google_wallet=google,
            invoice_folder=Path(self.text("INVOICE_FOLDER", str(instance / "invoices"))).resolve(),
            web_processes=self.number("WEB_PROCESSES", 2, 1, 64),
            web_threads=web_threads,
            stuck_seconds=self.number("STUCK_SECONDS", 30, 5, 3600),
            demo_centre=self.demo_centre(mode),
            clock_ahead=self.clock_ahead(mode),
            metrics_token=self.metrics_token(),
            drain=self.number("DRAIN_SECONDS", 0, 0, 300),
            # A demo that nobody gave an address may be looked at from the next room, by the machine's number.
            one_host=mode is Mode.PRODUCTION or bool(self.text("PUBLIC_URL", "")),
        )

    def text(self, name: str, default: str) -> str:
        return self.environment.get(name, "").strip() or default

    def number(self, name: str, default: int, least: int, most: int) -> int:
        text = self.text(name, str(default))
        if re.fullmatch(r"[0-9]{1,9}", text) and least <= int(text) <= most:
            return int(text)
        self.mistakes.append(f"{name} must be a whole number from {least} to {most}, not “{text}”.")
        return default

    def yes_or_no(self, name: str, default: bool) -> bool:
        text = self.text(name, "on" if default else "off").lower()
        if text in ("on", "true", "yes", "1"):
            return True
        if text not in ("off", "false", "no", "0"):
            self.mistakes.append(f"{name} must be on or off, not “{text}”.")
        return False

    def mode(self) -> Mode:
        text = self.text("MODE", Mode.DEMO)
        try:
            return Mode(text)
        except ValueError:
            self.mistakes.append(f"MODE must be demo or production, not “{text}”.")
            return Mode.DEMO

    def demo_centre(self, mode: Mode) -> str | None:
        text = self.text("DEMO_CENTRE", "vilvite" if mode is Mode.DEMO else "none").lower()
        if text not in (*DEMO_CENTRES, "none"):
            self.mistakes.append(f"DEMO_CENTRE must be {', '.join(DEMO_CENTRES)} or none, not “{text}”.")
        elif text != "none" and mode is Mode.PRODUCTION:
            self.mistakes.append(
                "DEMO_CENTRE cannot be set in production: an empty database waits for your own centre."
            )
        return text if text in DEMO_CENTRES else None

    def clock_ahead(self, mode: Mode) -> timedelta:
        text = self.text("DEMO_CLOCK", "")
        if text and mode is Mode.PRODUCTION:
            self.mistakes.append("DEMO_CLOCK cannot be set in production: there it is as late as it is.")
        try:
            return clock.read_ahead(text) if text else timedelta()
        except (ValueError, OverflowError):
            self.mistakes.append(
                "DEMO_CLOCK must be a date like 2026-12-24, a moment like 2026-12-24T23:30+01:00, or seconds like "
                f"+86400, not “{text}”."
            )
            return timedelta()

    def public_url(self, port: int) -> str:
        url = self.text("PUBLIC_URL", f"http://localhost:{port}").rstrip("/")
        if not wires.is_origin(url):
            self.mistakes.append(f"PUBLIC_URL must be like https://tickets.example.org, without a path, not “{url}”.")
        return url

    def database(self, instance: Path) -> str:
        url = self.text("DATABASE_URL", f"sqlite:///{instance / 'bestill.db'}")
        if url.startswith(("postgres://", "postgresql://")):
            url = "postgresql+psycopg://" + url.split("://", 1)[1]
        if url.startswith("sqlite:///"):
            self.check_sqlite()
            if url == "sqlite:///" or ":memory:" in url:
                self.mistakes.append(
                    "DATABASE_URL must name a file: a database in memory is lost with each connection."
                )
        elif not url.startswith("postgresql+psycopg://"):
            self.mistakes.append("DATABASE_URL must begin with sqlite:/// or postgresql+psycopg://.")
        elif not wires.is_database_address(url):
            self.mistakes.append("DATABASE_URL must be like postgresql+psycopg://user:password@host:5432/database.")
        return url

    def check_sqlite(self) -> None:
        version = sqlite_version()
        if not is_safe_sqlite(version):
            shown = ".".join(map(str, version))
            self.mistakes.append(
                f"SQLite {shown} may lose bookings (its WAL-reset bug): install the wheel pysqlite3, or use PostgreSQL."
            )

    def secret_key(self, mode: Mode, instance: Path) -> str:
        key = self.text("SECRET_KEY", "")
        if key:
            if not is_secret(key):
                self.mistakes.append(f"SECRET_KEY must be at least {LEAST_SECRET} random characters.")
            return key
        if mode is Mode.PRODUCTION:
            self.mistakes.append(
                "SECRET_KEY must be set in production: python3 -c 'import secrets; print(secrets.token_hex(32))'."
            )
            return ""
        try:
            return kept_secret(instance / "secret_key")
        except OSError as error:
            self.mistakes.append(
                f"INSTANCE_DIR must be a folder that can be written to: {instance} ({error.strerror})."
            )
            return ""

    def metrics_token(self) -> str:
        token = self.text("METRICS_TOKEN", "")
        if token and not (is_secret(token) and re.fullmatch(r"[!-~]+", token)):
            self.mistakes.append(f"METRICS_TOKEN must be at least {LEAST_SECRET} random letters and digits.")
        return token

    def bind(self, mode: Mode) -> str:
        text = self.text("BIND", EVERYWHERE if mode is Mode.DEMO else "127.0.0.1")
        try:
            return str(ip_address(text.strip("[]")))
        except ValueError:
            self.mistakes.append(f"BIND must be an address of this machine, such as 127.0.0.1, not “{text}”.")
            return "127.0.0.1"

    def trusted_proxies(self, mode: Mode) -> int:
        hops = self.number("TRUSTED_PROXIES", 0, 0, 5)
        if mode is Mode.PRODUCTION and not self.text("TRUSTED_PROXIES", ""):
            self.mistakes.append(
                "TRUSTED_PROXIES must be set in production: how many proxies are in front (1 for one). "
                "Without it all visitors seem to come from one address and share its limits."
            )
        return hops

    def proxy_addresses(self) -> tuple[Network, ...]:
        networks: list[Network] = []
        for text in self.text("PROXY_ADDRESSES", OF_THIS_MACHINE).split(","):
            try:
                networks.append(ip_network(text.strip()))
            except ValueError:
                self.mistakes.append(
                    "PROXY_ADDRESSES must be addresses or networks with commas between, such as "
                    f"127.0.0.1, 10.0.0.0/24, not “{text.strip()}”."
                )
        return tuple(networks)

    def redis_url(self) -> str | None:
        url = self.text("REDIS_URL", "")
        if url and not url.startswith(("redis://", "rediss://", "redis+unix://")):
            self.mistakes.append("REDIS_URL must begin with redis:// or rediss://.")
        return url or None

    def rate_limits(self, mode: Mode) -> bool:
        on = self.yes_or_no("RATE_LIMITS", True)
        if not on and mode is Mode.PRODUCTION:
            self.mistakes.append("RATE_LIMITS cannot be off in production.")
        return on

    def stripe(self) -> StripeSettings | None:
        secret_key = self.text("STRIPE_SECRET_KEY", "")
        webhook_secret = self.text("STRIPE_WEBHOOK_SECRET", "")
        if not secret_key and not webhook_secret:
            return None
        if not secret_key or not webhook_secret:
            self.mistakes.append("STRIPE_SECRET_KEY and STRIPE_WEBHOOK_SECRET must be set together.")
        return StripeSettings(secret_key, webhook_secret, self.text("STRIPE_API_BASE", "https://api.stripe.com"))

    def access_point(self) -> AccessPointSettings | None:
        names = ("ACCESS_POINT_URL", "ACCESS_POINT_KEY", "ACCESS_POINT_WEBHOOK_SECRET")
        base, key, secret = (self.text(name, "") for name in names)
        if not base and not key and not secret:
            return None
        if not base or not key or not secret:
            self.mistakes.append(f"{names[0]}, {names[1]} and {names[2]} must be set together.")
        elif not wires.is_service(base):
            self.mistakes.append("ACCESS_POINT_URL must be like https://api.example.org/v1.")
        return AccessPointSettings(base.rstrip("/"), key, secret)

    def mail(self) -> MailSettings | None:
        server = self.text("MAIL_SERVER", "")
        if not server:
            return None
        if not re.fullmatch(r"[^@\s<>\"(),:;]+@[^@\s<>\"(),:;]+", self.text("MAIL_SENDER", "")):
            self.mistakes.append("MAIL_SENDER must be the address that mails come from when MAIL_SERVER is set.")
        if bool(self.text("MAIL_USERNAME", "")) != bool(self.text("MAIL_PASSWORD", "")):
            self.mistakes.append("MAIL_USERNAME and MAIL_PASSWORD must be set together.")
        return MailSettings(
            server=server,
            port=self.number("MAIL_PORT", 587, 1, 65535),
            username=self.text("MAIL_USERNAME", ""),
            password=self.text("MAIL_PASSWORD", ""),
            use_tls=self.yes_or_no("MAIL_USE_TLS", True),
        )

    def check_production(self, public_url: str, stripe: StripeSettings | None, mail: MailSettings | None) -> None:
        if not public_url.startswith("https://"):
            self.mistakes.append("PUBLIC_URL must begin with https:// in production.")
        if stripe is None:
            self.mistakes.append(
                "STRIPE_SECRET_KEY must be set in production: demo payments are not for real visitors."
            )
        if mail is None:
            self.mistakes.append("MAIL_SERVER must be set in production: mails as files reach nobody.")


def is_safe_sqlite(version: tuple[int, ...]) -> bool:
    """Whether this SQLite is free of the WAL-reset bug (3.7.0 to 3.51.2, mended in 3.44.6 and 3.50.7 too)."""
    return version >= (3, 51, 3) or (3, 50, 7) <= version < (3, 51) or (3, 44, 6) <= version < (3, 45)
