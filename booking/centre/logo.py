"""The centre's logo: a small PNG, or an SVG that draws and does nothing else."""

from __future__ import annotations

import hashlib

from sqlalchemy import delete, insert, select, update

from booking.centre.models import Centre, Logo
from booking.kernel.database import db
from booking.pictures.logo_files import SVG, checked_logo
from booking.records.audit import note


def keep_logo(content: bytes, actor: str) -> None:
    """Make this the centre's logo; call inside a unit of work. Raises LogoRefused."""
    kind = checked_logo(content)
    name = hashlib.sha256(content).hexdigest()[:16] + (".svg" if kind == SVG else ".png")
    _replace(name, actor)
    db.session.execute(insert(Logo).values(name=name, kind=kind, content=content))


def drop_logo(actor: str) -> None:
    """Go back to the drawn mark; call inside a unit of work."""
    _replace("", actor)


def logo(name: str) -> tuple[bytes, str] | None:
    """The picture of this name and its media type."""
    row = db.session.execute(select(Logo.content, Logo.kind).where(Logo.name == name)).first()
    return (row[0], row[1]) if row else None


def _replace(name: str, actor: str) -> None:
    before = db.session.scalar(select(Centre.logo).limit(1))
    db.session.execute(delete(Logo))
    db.session.execute(update(Centre).values(logo=name))
    note(actor, "centre.logo", "centre:1", {"logo": before}, {"logo": name})
