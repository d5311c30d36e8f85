"""VIZIUM's festival of the wind with its programme, and an evening with a lecture."""

from __future__ import annotations

from booking.catalogue.models import Kind
from booking.demo.centres import DemoActivity, DemoTicket
from booking.demo.texts import in_two

THURSDAY = 0b0001000

EVENTS = (
    DemoActivity(
        "veja-festivals", Kind.FESTIVAL, in_two("Vēja festivāls", "The festival of wind"), 360, 150, "house",
        in_two(
            "Trīs dienas ar pūķiem, vēja tuneli un jūras laikapstākļiem. Festivāla biļete ietver arī ieeju.",
            "Three days of kites, a wind tunnel and weather at sea. The festival ticket is entry, too.",
        ),
        stay_minutes=240, turnaround_minutes=0, gives_entry=True, festival_times=("10:30",),
    ),
    DemoActivity(
        "veja-festivals-puki", Kind.WORKSHOP, in_two("Pūķu darbnīca", "Kite workshop"), 45, 20, "lab-2",
        in_two("Uzbūvējiet pūķi un palaidiet to pie jūras.", "Build a kite and fly it by the sea."),
        needs_admission=True, least_age=6, part_of="veja-festivals", festival_times=("11:00", "16:00"),
    ),
    DemoActivity(
        "zvaigznu-vakars", Kind.LECTURE, in_two("Zvaigžņu vakars", "An evening of stars"), 90, 40, "tower",
        in_two(
            "Lekcija uz torņa platformas: ko redz teleskopi, ko neredzam mēs.",
            "A lecture on the tower platform: what telescopes see and we do not.",
        ),
        ((THURSDAY, ("19:00",), None),), least_age=12, outside_hours=True,
    ),
)  # fmt: skip

TICKETS = (
    DemoTicket("festival-adult", in_two("Festivāla biļete pieaugušajam", "Festival ticket, adult"), {}, (Kind.FESTIVAL,), ((1400, None),), brings_adult=True),
    DemoTicket("festival-child", in_two("Festivāla biļete bērnam", "Festival ticket, child"), in_two("3–17 gadi", "3–17"), (Kind.FESTIVAL,), ((900, None),), advises_adult=True),
    DemoTicket("festival-pass-adult", in_two("Festivāla abonements pieaugušajam", "Festival pass, adult"), {}, (Kind.FESTIVAL,), ((3400, None),), brings_adult=True, all_days=True),
    DemoTicket("festival-pass-child", in_two("Festivāla abonements bērnam", "Festival pass, child"), in_two("3–17 gadi", "3–17"), (Kind.FESTIVAL,), ((2200, None),), advises_adult=True, all_days=True),
    DemoTicket("festival-session", in_two("Vieta", "Place"), in_two("Ietverta festivāla biļetē", "Included in the festival ticket"), (), ((0, None),), activities=("veja-festivals-puki",)),
    DemoTicket("evening", in_two("Vakara biļete", "Evening ticket"), {}, (), ((800, None),), brings_adult=True, activities=("zvaigznu-vakars",)),
)  # fmt: skip
