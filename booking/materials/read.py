"""What pages and letters read of materials, in a fixed number of statements."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from urllib.parse import urlsplit

from sqlalchemy import bindparam, case, func, select

from booking.kernel.database import Texts, as_values, run
from booking.kernel.prepared import ReadyStatement
from booking.kernel.slugs import slug_of
from booking.materials.models import Material, MaterialFile, MaterialKind, MaterialMoment

LONGEST_IN_ADDRESS = 60


@dataclass(frozen=True, slots=True)
class MaterialFacts:
    """One file or link of a programme; `size` in bytes, `lang` "" where it has no words."""

    id: int
    activity_id: int
    moment: MaterialMoment
    kind: MaterialKind
    title: Texts
    lang: str
    url: str
    file_name: str
    size: int

    @property
    def is_link(self) -> bool:
        """Whether it is a page elsewhere."""
        return self.kind is MaterialKind.LINK

    @property
    def host(self) -> str:
        """Whose page a link leads to: udir.no."""
        return (urlsplit(self.url).hostname or "").removeprefix("www.")

    def address(self, public_url: str) -> str:
        """Where it is found, in full, for letters."""
        return self.url if self.is_link else f"{public_url}/material/{self.id}/{self.address_name}"

    @property
    def address_name(self) -> str:
        """Its name in its address."""
        return in_address(self.file_name)


@dataclass(frozen=True, slots=True)
class ForTheClass:
    """What there is around one programme of a visit: what to do before, what to bring, how to go on."""

    activity_id: int
    title: Texts
    before: Texts
    brings: Texts
    after: Texts
    materials: tuple[MaterialFacts, ...]

    def at(self, moment: MaterialMoment) -> list[MaterialFacts]:
        """The materials for before, or for after, in their order."""
        return [material for material in self.materials if material.moment is moment]

    @property
    def materials_before(self) -> list[MaterialFacts]:
        """What to work with before."""
        return self.at(MaterialMoment.BEFORE)

    @property
    def materials_after(self) -> list[MaterialFacts]:
        """What to go on with."""
        return self.at(MaterialMoment.AFTER)

    @property
    def has_before(self) -> bool:
        """Whether there is anything to say before."""
        return any(self.before.values()) or any(self.brings.values()) or bool(self.materials_before)

    @property
    def has_after(self) -> bool:
        """Whether there is anything to go on with."""
        return any(self.after.values()) or bool(self.materials_after)


_COLUMNS = (
    Material.id, Material.activity_id, Material.moment, Material.kind, Material.title, Material.lang, Material.url,
    Material.file_name, Material.size,
)  # fmt: skip
_FILE = ReadyStatement(
    select(Material.kind, Material.file_name, Material.mark, MaterialFile.content)
    .join(MaterialFile, MaterialFile.material_id == Material.id)
    .where(Material.id == bindparam("material_id"))
)


def materials_of(activity_ids: Collection[int]) -> list[MaterialFacts]:
    """The materials of these programmes: those for before first, each in their order; one statement."""
    order = (Material.activity_id, case((Material.moment == MaterialMoment.BEFORE, 0), else_=1), Material.sort)
    query = select(*_COLUMNS).where(Material.activity_id.in_(sorted(activity_ids))).order_by(*order, Material.id)
    return as_values(MaterialFacts, run(query))


def count_of(activity_id: int) -> tuple[int, int]:
    """How many materials a programme has, and the highest place among them; one statement."""
    query = select(func.count(), func.coalesce(func.max(Material.sort), 0)).where(Material.activity_id == activity_id)
    count, last = run(query).one()
    return int(count), int(last)


def in_address(file_name: str) -> str:
    """The name of a file in letters that every address may have: bru-av-papir.pdf."""
    stem, _dot, kind = file_name.rpartition(".")
    return f"{slug_of(stem, LONGEST_IN_ADDRESS)}.{kind}"


def material_file(material_id: int) -> tuple[MaterialKind, str, str, bytes] | None:
    """The file of a material: its kind, name, mark and content; one statement."""
    row = _FILE.first({"material_id": material_id}) if material_id < 10**18 else None
    return None if row is None else (MaterialKind(row[0]), str(row[1]), str(row[2]), bytes(row[3]))
