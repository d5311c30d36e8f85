"""Who stands behind the centre: a name, a website and a logo each, in the order that the centre gives them."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import bindparam, select, update

from booking.centre.models import Partner
from booking.kernel.database import as_values, db
from booking.kernel.prepared import ReadyStatement
from booking.kernel.used_again import used_again
from booking.pictures.logo_files import SVG, checked_logo
from booking.records.audit import note


@dataclass(frozen=True, slots=True)
class PartnerFacts:
    """A partner as pages show it; `logo` is the name of its picture, "" for none."""

    id: int
    name: str
    website: str
    logo: str


_PARTNERS = ReadyStatement(
    select(Partner.id, Partner.name, Partner.website, Partner.logo).order_by(Partner.sort, Partner.id)
)
_LOGO = ReadyStatement(select(Partner.content, Partner.kind).where(Partner.logo == bindparam("logo")).limit(1))


def partners() -> Sequence[PartnerFacts]:
    """All of them in order; one statement."""
    return used_again(_PARTNERS, lambda: as_values(PartnerFacts, _PARTNERS.rows()))


def partner_logo(name: str) -> tuple[bytes, str] | None:
    """The picture of this name and its media type; one statement."""
    row = _LOGO.first({"logo": name}) if name else None
    return (row[0], row[1]) if row else None


def keep_partner_logo(partner_id: int, content: bytes, actor: str) -> None:
    """Make this the logo of a partner; call inside a unit of work. Raises LogoRefused."""
    kind = checked_logo(content)
    name = hashlib.sha256(content).hexdigest()[:16] + (".svg" if kind == SVG else ".png")
    _write(partner_id, name, kind, content, actor)


def drop_partner_logo(partner_id: int, actor: str) -> None:
    """Let the partner's name stand alone; call inside a unit of work."""
    _write(partner_id, "", "", None, actor)


def _write(partner_id: int, name: str, kind: str, content: bytes | None, actor: str) -> None:
    before = db.session.scalar(select(Partner.logo).where(Partner.id == partner_id).with_for_update())
    db.session.execute(update(Partner).where(Partner.id == partner_id).values(logo=name, kind=kind, content=content))
    note(actor, "partner.logo", f"partner:{partner_id}", {"logo": before}, {"logo": name})
