"""A centre such as VIZIUM in Ventspils: the same code with other settings. Latvian and English, euro, Riga time."""

from __future__ import annotations

from datetime import time

from booking.catalogue.models import Kind
from booking.demo.bank_file import DemoPayment
from booking.demo.centres import (
    DemoActivity,
    DemoCentre,
    DemoHours,
    DemoPartner,
    DemoPayments,
    DemoPeople,
    DemoSpace,
    DemoTicket,
)
from booking.demo.events import of_contests, of_vizium
from booking.demo.school.of_vizium import VIZIUM_SCHOOLS
from booking.demo.texts import in_two

TUE_TO_SUN, WEEKEND = 0b1111110, 0b1100000
TUE_AND_THU, WED_AND_FRI = 0b0001010, 0b0010100


def _programme(slug: str, lv: str, en: str, minutes: int, lab: str, weekdays: int) -> DemoActivity:
    return DemoActivity(
        slug,
        Kind.PROGRAMME,
        in_two(lv, en),
        minutes,
        30,
        lab,
        in_two("Nodarbība klasēm laboratorijā.", "A programme in the lab for school classes."),
        ((weekdays, ("10:15", "12:30"), None),),
        stay_minutes=120,
    )


VIZIUM = DemoCentre(
    facts={
        "name": "VIZIUM",
        "legal_name": "Demonstrācijas zinātnes centrs",
        "org_number": "99990000003",
        "country": "LV",
        "timezone": "Europe/Riga",
        "currency": "EUR",
        "languages": ["lv", "en"],
        "address": "Parauga iela 1, Ventspils",
        "phone": "+371 63 000 000",
        "email": "biletes@example.org",
        "gift_card_least": 1_000,
        "gift_card_most": 50_000,
        "gift_card_step": 500,
        "website": "https://example.org",
        "tagline": in_two("Zinātne, kurai drīkst pieskarties.", "Science you may touch."),
        "find_us": in_two("Autobuss pietur pie ieejas.", "The bus stops at the entrance."),
        "newsletter_topics": {"holidays": in_two("Brīvdienu programma", "Holiday programme")},
    },
    invoices={
        "account": "LV80BANK0000435195001",
        "vat_number": "LV99990000003",
        "street": "Parauga iela 1",
        "postcode": "LV-3601",
        "town": "Ventspils",
        "scheme": "0218",
    },
    vat_rate=2100,
    spaces=(
        DemoSpace("house", in_two("Ēka", "The house"), 700, is_house=True),
        DemoSpace("hall", in_two("Zāle", "The hall"), 250),
        DemoSpace("lab-1", in_two("1. laboratorija", "Lab 1"), 30),
        DemoSpace("lab-2", in_two("2. laboratorija", "Lab 2"), 30),
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
            in_two("Skats uz pilsētu un ostu.", "A view over the town and the port."),
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
            ((WEEKEND, ("11:00", "16:00"), None), (TUE_AND_THU, ("11:30",), None)),
            needs_admission=True,
        ),
        *of_vizium.EVENTS,
        of_contests.INVENTORS,
        _programme("udens-laboratorija", "Ūdens laboratorija", "Water lab", 45, "lab-1", TUE_AND_THU),
        _programme("robotu-darbnica", "Robotu darbnīca", "Robot workshop", 90, "lab-2", TUE_AND_THU),
        _programme("vejs-un-saule", "Vējš un saule", "Wind and sun", 75, "lab-1", WED_AND_FRI),
        _programme("molekulu-virtuve", "Molekulu virtuve", "The molecule kitchen", 90, "lab-2", WED_AND_FRI),
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
            covers=({"adult": 2, "child": 2},),
        ),
        DemoTicket(
            "companion",
            in_two("Pavadonis", "Companion"),
            in_two("Bez maksas ar pavadoņa karti", "Free with a companion card"),
            (Kind.ADMISSION,),
            ((0, None),),
            brings_adult=True,
            accompanies=True,
        ),
        DemoTicket("show-seat", in_two("Vieta šovā", "Seat at the show"), {}, (Kind.SHOW,), ((300, None),)),
        DemoTicket("tower-place", in_two("Vieta tornī", "Place on the tower"), {}, (Kind.EVENT,), ((200, None),)),
        *of_vizium.TICKETS,
        of_contests.INVENTORS_TICKET,
        DemoTicket("pupil", in_two("Skolēns", "Pupil"), {}, (Kind.PROGRAMME,), ((600, None),)),
        DemoTicket(
            "group-adult",
            in_two("Pavadošā persona", "Adult with the class"),
            {},
            (Kind.PROGRAMME,),
            ((0, None),),
            brings_adult=True,
        ),
    ),
    school_places=60,
    schools=VIZIUM_SCHOOLS,
    people=DemoPeople(
        ("Jānis", "Anna", "Pēteris", "Ilze", "Mārtiņš", "Līga", "Andris", "Kristīne", "Edgars", "Zane", "Kaspars"),
        ("Bērziņš", "Kalniņa", "Ozols", "Liepiņa", "Krūmiņš", "Egle", "Zariņš", "Balode", "Vītols", "Jansone"),
        "+37120000000",
    ),
    contest=of_contests.VIZIUM_CONTEST,
    payments=DemoPayments(
        over=1_000,
        under=3_000,
        credited=600,
        credited_since="Par diviem skolēniem mazāk",
        lost_since="Piedzīt atlikumu izmaksātu vairāk, nekā tas ir vērts",
        stranger=DemoPayment(12_340, "Jānis Paraudziņš", kid="RF18539007547034", currency="EUR"),
        abroad=DemoPayment(50_000, "Visitor AB", words="visit", currency="SEK"),
    ),
    partners=(
        DemoPartner("Ostas pilsētas dome", "https://example.org/dome"),
        DemoPartner("Brīvosta", "https://example.org/osta"),
        DemoPartner("Kurzemes augstskola", "https://example.org/augstskola"),
        DemoPartner("Fonds „Ziņkāre”"),
    ),
)
