"""Passkeys (WebAuthn level 3): a key in a phone or laptop that asks for its owner's finger or PIN: both factors."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, func, or_, select, update

from booking.kernel.database import as_values, db, insert_once
from booking.kernel.refusals import Refusal
from booking.records.audit import note
from booking.staff.models import Account, Passkey
from booking.staff.second_factor import LastFactor

if TYPE_CHECKING:
    from webauthn.helpers.structs import PublicKeyCredentialDescriptor

MOST = 10
CHALLENGE_BYTES = 32
MOST_SAID = 20_000  # characters of a browser's answer


class PasskeyRefused(Refusal):
    """Not a passkey of anybody here, or not an answer to what was asked."""


class TooManyPasskeys(Refusal):
    """Ten are enough."""


@dataclass(frozen=True, slots=True)
class Site:
    """Who asks: the name on the screen, the host the keys belong to, the origin that pages come from."""

    name: str
    host: str
    origin: str


@dataclass(frozen=True, slots=True)
class Challenge:
    """What a browser was asked, and when."""

    value: bytes
    made_at: datetime


@dataclass(frozen=True, slots=True)
class PasskeyRow:
    """A passkey as its owner sees it."""

    id: int
    name: str
    made_at: datetime
    used_at: datetime | None


def of_account(account_id: int) -> list[PasskeyRow]:
    """The passkeys of an account, oldest first."""
    columns = (Passkey.id, Passkey.name, Passkey.made_at, Passkey.used_at)
    rows = db.session.execute(select(*columns).where(Passkey.account_id == account_id).order_by(Passkey.id))
    return as_values(PasskeyRow, [tuple(row) for row in rows])


def registration_options(account_id: int, email: str, name: str, challenge: bytes, site: Site) -> str:
    """What the browser is asked when a passkey is made, as JSON."""
    import webauthn
    from webauthn.helpers import structs

    options = webauthn.generate_registration_options(
        rp_id=site.host,
        rp_name=site.name,
        user_id=f"account:{account_id}".encode(),
        user_name=email,
        user_display_name=name or email,
        challenge=challenge,
        exclude_credentials=_descriptors(account_id),
        authenticator_selection=structs.AuthenticatorSelectionCriteria(
            resident_key=structs.ResidentKeyRequirement.REQUIRED,
            user_verification=structs.UserVerificationRequirement.REQUIRED,
        ),
    )
    return webauthn.options_to_json(options)


def sign_in_options(challenge: bytes, site: Site) -> str:
    """What the browser is asked at sign-in, as JSON: any passkey it has for us, so that it tells nobody who we know."""
    import webauthn
    from webauthn.helpers import structs

    return webauthn.options_to_json(
        webauthn.generate_authentication_options(
            rp_id=site.host, challenge=challenge, user_verification=structs.UserVerificationRequirement.REQUIRED
        )
    )


@dataclass(frozen=True, slots=True)
class NewPasskey:
    """A new key as the browser proved it."""

    credential_id: str
    public_key: bytes
    sign_count: int


def read_registration(answer: str, challenge: Challenge, site: Site) -> NewPasskey:
    """Check what a browser answered to registration_options. Raises PasskeyRefused."""
    import webauthn

    try:
        made = webauthn.verify_registration_response(
            credential=_parsed(answer),
            expected_challenge=challenge.value,
            expected_rp_id=site.host,
            expected_origin=site.origin,
            require_user_verification=True,
        )
    except Exception as error:
        raise PasskeyRefused from error  # the answer is a stranger's: whatever its reader stumbles over refuses it
    return NewPasskey(
        webauthn.helpers.bytes_to_base64url(made.credential_id), made.credential_public_key, made.sign_count
    )


def add(account_id: int, made: NewPasskey, name: str, now: datetime) -> None:
    """Keep a passkey; call inside a unit of work. Raises TooManyPasskeys, PasskeyRefused for one that is known."""
    count = db.session.scalar(select(func.count()).where(Passkey.account_id == account_id)) or 0
    if count >= MOST:
        raise TooManyPasskeys
    values = {
        "account_id": account_id,
        "credential_id": made.credential_id,
        "public_key": made.public_key,
        "sign_count": made.sign_count,
        "name": name[:60],
        "made_at": now,
    }
    if not insert_once(Passkey, "credential_id", values):
        raise PasskeyRefused
    note(f"account:{account_id}", "passkey.add", f"account:{account_id}", {"passkeys": count}, {"passkeys": count + 1})


@dataclass(frozen=True, slots=True)
class Proof:
    """An answer that was checked against a kept key; it counts once `accept` has taken it."""

    passkey_id: int
    account_id: int
    sign_count: int
    challenge: Challenge


def read_sign_in(answer: str, challenge: Challenge, site: Site) -> Proof:
    """Check what a browser answered to sign_in_options. Raises PasskeyRefused."""
    import webauthn

    response = _parsed(answer)
    columns = (Passkey.id, Passkey.account_id, Passkey.public_key, Passkey.sign_count)
    living = select(*columns).join(Account).where(Account.ended_at.is_(None))
    row = db.session.execute(living.where(Passkey.credential_id == _credential_id(response))).first()
    if row is None:
        raise PasskeyRefused
    try:
        checked = webauthn.verify_authentication_response(
            credential=response,
            expected_challenge=challenge.value,
            expected_rp_id=site.host,
            expected_origin=site.origin,
            credential_public_key=row.public_key,
            credential_current_sign_count=row.sign_count,
            require_user_verification=True,
        )
    except Exception as error:
        raise PasskeyRefused from error
    return Proof(row.id, row.account_id, checked.new_sign_count, challenge)


def accept(proof: Proof, now: datetime) -> int:
    """Count a proof, once: a challenge must be younger than the key's last use. Returns the account's id.

    Call inside a unit of work. Raises PasskeyRefused for an answer that is played again.
    """
    account_id = db.session.execute(
        update(Passkey)
        .where(
            Passkey.id == proof.passkey_id,
            Passkey.account_id == proof.account_id,
            or_(Passkey.used_at.is_(None), Passkey.used_at < proof.challenge.made_at),
        )
        .values(used_at=now, sign_count=proof.sign_count)
        .returning(Passkey.account_id)
        .execution_options(synchronize_session=False)
    ).scalar()
    if account_id is None:
        raise PasskeyRefused
    return account_id


def remove(account_id: int, passkey_id: int) -> None:
    """Forget a passkey; call inside a unit of work. Raises LastFactor when nothing else is left."""
    has_app = select(Account.id).where(Account.id == account_id, Account.totp_secret.is_not(None)).exists()
    other = Passkey.__table__.alias("other")
    has_other = select(other.c.id).where(other.c.account_id == account_id, other.c.id != passkey_id).exists()
    removed = db.session.execute(
        delete(Passkey)
        .where(Passkey.id == passkey_id, Passkey.account_id == account_id, or_(has_app, has_other))
        .returning(Passkey.id)
        .execution_options(synchronize_session=False)
    ).scalar()
    if removed is None:
        raise LastFactor
    note(f"account:{account_id}", "passkey.remove", f"account:{account_id}", {"passkey": passkey_id}, None)


def _descriptors(account_id: int) -> list[PublicKeyCredentialDescriptor]:
    from webauthn.helpers import base64url_to_bytes
    from webauthn.helpers.structs import PublicKeyCredentialDescriptor

    ids = db.session.scalars(select(Passkey.credential_id).where(Passkey.account_id == account_id))
    return [PublicKeyCredentialDescriptor(id=base64url_to_bytes(credential_id)) for credential_id in ids]


def _parsed(answer: str) -> dict[str, Any]:
    if len(answer) > MOST_SAID:
        raise PasskeyRefused
    try:
        response = json.loads(answer)
    except (ValueError, RecursionError):
        raise PasskeyRefused from None
    if not isinstance(response, dict):
        raise PasskeyRefused
    return response


def _credential_id(response: dict[str, Any]) -> str:
    credential_id = response.get("id")
    if (
        not isinstance(credential_id, str)
        or not 0 < len(credential_id) <= 1400
        or not credential_id.isascii()
        or "\x00" in credential_id
    ):
        raise PasskeyRefused
    return credential_id
