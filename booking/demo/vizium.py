"""A centre such as VIZIUM in Ventspils: the same code with other settings. Latvian and English, euro, Riga time."""

from __future__ import annotations

from datetime import time

from booking.catalogue.models import Kind
from booking.demo.centres import DemoActivity, DemoCentre, DemoHours, DemoSpace, DemoTicket

TUE_TO_SUN, WEEKEND = 0b1111110, 0b1100000


def in_two(lv: str, en: str) -> dict[str, str]:
    """A text in the languages of the house."""
    return {"lv": lv, "en": en}


VIZIUM = DemoCentre(
    facts={
        "name": "VIZIUM",
        "legal_name": "Demonstrācijas zinātnes centrs",
        "org_number": "",
        "country": "LV",
        "timezone": "Europe/Riga",
        "currency": "EUR",
        "languages": ["lv", "en"],
        "address": "Parauga iela 1, Ventspils",
        "phone": "+371 63 000 000",
        "email": "biletes@example.org",
        "website": "https://example.org",
        "tagline": in_two("Zinātne, kurai drīkst pieskarties.", "Science you may touch."),
        "find_us": in_two("Autobuss pietur pie ieejas.", "The bus stops at the entrance."),
        "newsletter_topics": {"holidays": in_two("Brīvdienu programma", "Holiday programme")},
    },
    invoices={
        "account": "LV80BANK0000435195001",
        "vat_number": "LV40003000000",
        "street": "Parauga iela 1",
        "postcode": "LV-3601",
        "town": "Ventspils",
        "scheme": "0218",
    },
    vat_rate=2100,
    spaces=(
        DemoSpace("house", in_two("Ēka", "The house"), 700, is_house=True),
        DemoSpace("hall", in_two("Zāle", "The hall"), 250),
        DemoSpace("lab-1", in_two("1. laboratorija", "Lab 1"), 24),
        DemoSpace("lab-2", in_two("2. laboratorija", "Lab 2"), 24),
        DemoSpace("tower", in_two("Torņa platforma", "Tower platform"), 50),
    ),
    hours=(DemoHours(TUE_TO_SUN, time(10), time(18), time(10)),),
    activities=(
        DemoActivity(
            "ieeja",
            Kind.ADMISSION,
            in_two("Ieeja", "Entry"),
            30,
            80,
            "hall",
            in_two("Visas ekspozīcijas.", "All exhibitions."),
            ((TUE_TO_SUN, (), 30),),
            stay_minutes=120,
            turnaround_minutes=0,
        ),
        DemoActivity(
            "tornis",
            Kind.EVENT,
            in_two("Torņa platforma", "Tower platform"),
            15,
            25,
            "tower",
            in_two("Skats pāri pilsētai un ostai.", "A view over the town and the port."),
            ((WEEKEND, ("12:00", "12:30", "14:00", "14:30", "16:00"), None),),
            turnaround_minutes=0,
            needs_admission=True,
        ),
        DemoActivity(
            "sovs",
            Kind.SHOW,
            in_two("Uguns un ledus", "Fire and ice"),
            30,
            120,
            "hall",
            in_two("Šķidrais slāpeklis un liesmas.", "Liquid nitrogen and flames."),
            ((WEEKEND, ("11:00", "16:00"), None),),
            needs_admission=True,
        ),
    ),
    tickets=(
        DemoTicket("adult", in_two("Pieaugušais", "Adult"), {}, (Kind.ADMISSION,), ((1000, None),), brings_adult=True),
        DemoTicket(
            "child",
            in_two("Bērns", "Child"),
            in_two("3–17 gadi", "3–17"),
            (Kind.ADMISSION,),
            ((700, None),),
            advises_adult=True,
        ),
        DemoTicket(
            "family",
            in_two("Ģimenes biļete", "Family ticket"),
            in_two("2 pieaugušie un 2 bērni", "2 adults and 2 children"),
            (Kind.ADMISSION,),
            ((2500, None),),
            places=4,
            brings_adult=True,
        ),
        DemoTicket(
            "companion",
            in_two("Pavadonis", "Companion"),
            in_two("Bez maksas ar karti", "Free with a companion card"),
            (Kind.ADMISSION,),
            ((0, None),),
            brings_adult=True,
            accompanies=True,
        ),
        DemoTicket("show-seat", in_two("Vieta šovā", "Seat at the show"), {}, (Kind.SHOW,), ((300, None),)),
        DemoTicket("tower-place", in_two("Vieta tornī", "Place on the tower"), {}, (Kind.EVENT,), ((200, None),)),
    ),
    school_places=60,
)
