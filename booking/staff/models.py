"""Tables of staff: accounts, ways to sign in, sessions that can be ended here, counters of guesses, the audit log."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import BigInteger, ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from booking.kernel.database import Id, Model, UTCDateTime, stored


class Role(StrEnum):
    """What an account may do."""

    ADMIN = "admin"
    DESK = "desk"
    EDUCATOR = "educator"
    FINANCE = "finance"


class SignInWay(StrEnum):
    """What a session was opened with."""

    LINK = "link"
    PASSWORD = "password"  # noqa: S105  (the word; and alone: no second factor was set up yet)
    APP = "app"
    RECOVERY = "recovery"
    PASSKEY = "passkey"


class Account(Model):
    """A person on the staff. The authenticator's secret is sealed; `totp_step` is the last code used, in steps."""

    __tablename__ = "account"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    email: Mapped[str] = mapped_column(String(254), unique=True)
    name: Mapped[str] = mapped_column(String(120), default="")
    role: Mapped[Role] = mapped_column(stored(Role))
    lang: Mapped[str] = mapped_column(String(2), default="nb")  # "" is as the browser says
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    password_hash: Mapped[str | None] = mapped_column(String(200))
    password_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    totp_secret: Mapped[str | None] = mapped_column(String(300))
    totp_step: Mapped[int] = mapped_column(BigInteger, default=0, server_default="0")


class SignInLink(Model):
    """A link that opens one session once. Only the secret's SHA-256 is kept."""

    __tablename__ = "sign_in_link"

    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    made_at: Mapped[datetime] = mapped_column(UTCDateTime)
    expires_at: Mapped[datetime] = mapped_column(UTCDateTime)
    used_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class StaffSession(Model):
    """A signed-in browser. The cookie holds the secret, the row only its SHA-256; `public_id` names it in lists."""

    __tablename__ = "staff_session"

    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    public_id: Mapped[str] = mapped_column(String(16), unique=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    begun_at: Mapped[datetime] = mapped_column(UTCDateTime)
    seen_at: Mapped[datetime] = mapped_column(UTCDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    device: Mapped[str] = mapped_column(String(60), default="", server_default="")
    opened_with: Mapped[SignInWay] = mapped_column(
        stored(SignInWay), default=SignInWay.LINK, server_default=SignInWay.LINK.value
    )


class Passkey(Model):
    """A key pair whose private half stays in somebody's phone, laptop or security key."""

    __tablename__ = "passkey"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    credential_id: Mapped[str] = mapped_column(String(1400), unique=True)  # base64url of at most 1023 bytes
    public_key: Mapped[bytes] = mapped_column(LargeBinary)
    sign_count: Mapped[int] = mapped_column(BigInteger)
    name: Mapped[str] = mapped_column(String(60))
    made_at: Mapped[datetime] = mapped_column(UTCDateTime)
    used_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class RecoveryCode(Model):
    """A code on paper for whoever has lost the second factor. Only its SHA-256 is kept: it is random, 80 bits."""

    __tablename__ = "recovery_code"

    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    used_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class SignInCount(Model):
    """How often somebody guessed wrong. `key` is a SHA-256, so that the table names nobody."""

    __tablename__ = "sign_in_count"

    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    failures: Mapped[int] = mapped_column()
    since: Mapped[datetime] = mapped_column(UTCDateTime, index=True)  # accounts: the last guess; addresses: the first
    until: Mapped[datetime | None] = mapped_column(UTCDateTime)
    heard: Mapped[bool] = mapped_column()  # whether the last guess was looked at
