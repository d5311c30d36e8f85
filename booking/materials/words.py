"""What a material is called beside its title: the kind and size of a file, whose page a link leads to."""

from __future__ import annotations

from flask_babel import gettext as _

from booking.centre.wording import Wording
from booking.materials.models import MaterialKind
from booking.materials.read import MaterialFacts

NAMES = {MaterialKind.PDF: "PDF", MaterialKind.DOCX: "Word", MaterialKind.PPTX: "PowerPoint"}


def what_it_is(material: MaterialFacts, write: Wording) -> str:
    """PDF, 240 kB; or udir.no."""
    if material.is_link:
        return material.host
    return f"{NAMES.get(material.kind) or _('Picture')}, {write.size(material.size)}"
