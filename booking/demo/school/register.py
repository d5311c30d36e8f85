"""What the pages around schools have to show: prices of one's own, a limit, what is stopped or no longer there."""

from __future__ import annotations

from sqlalchemy import select

from booking.agreements.models import Agreement, School, SchoolKind
from booking.agreements.prices import Pays
from booking.bookings.search_words import fold_letters
from booking.catalogue.models import Activity
from booking.kernel.codes import new_secret
from booking.kernel.database import db, unit_of_work
from booking.programmes.models import PriceBy, Programme

OWN_PRICES: dict[str, dict[str, object]] = {
    "undringsstund": {"price_by": PriceBy.PERSON, "price": 7500, "adult_price": 0},
    "stjernehimmelen": {"price_by": PriceBy.GROUP, "price": 150000},
    "kode-med-lys": {"price_by": PriceBy.FREE},
    "dna": {"most_groups": 2},
}


def write_variety() -> None:
    """Some programmes, a school and an agreement unlike the others, for a centre that has programmes."""
    with unit_of_work():
        programmes = db.session.execute(select(Activity.slug, Programme).join(Programme)).all()
        if not programmes:
            return
        for slug, programme in programmes:
            for name, value in OWN_PRICES.get(slug, {}).items():
                setattr(programme, name, value)
        name = "Gamlehaugen skole"
        db.session.add(
            School(
                name=name,
                search=fold_letters(name),
                org_number="998110149",
                municipality="Voss",
                kind=SchoolKind.SCHOOL,
                known=True,
                active=False,
            )
        )
        db.session.add(
            Agreement(
                payer="Voss herad",
                code="VOSS-7M3KQ9XD",
                secret=new_secret(),
                municipality="Voss",
                pays=Pays.PER_GROUP,
                each=100000,
                most_visits=20,
                active=False,
            )
        )
