"""VilVite's festival of light with its programme, and an evening with a lecture."""

from __future__ import annotations

from booking.catalogue.models import Kind
from booking.demo.centres import DemoActivity, DemoTicket
from booking.demo.texts import in_four

THURSDAY = 0b0001000

EVENTS = (
    DemoActivity(
        "lysfestival", Kind.FESTIVAL, in_four("Lysfestivalen", "Lysfestivalen", "The festival of light", "Gaismas festivāls"),
        360, 200, "house",
        in_four(
            "Tre dager med lasere, skygger og selvlysende dyr. Festivalbilletten gir også inngang til utstillingene.",
            "Tre dagar med laserar, skuggar og sjølvlysande dyr. Festivalbilletten gir òg inngang til utstillingane.",
            "Three days of lasers, shadows and animals that glow. The festival ticket is entry to the exhibitions, too.",
            "Trīs dienas ar lāzeriem, ēnām un spīdošiem dzīvniekiem. Festivāla biļete ietver arī ieeju ekspozīcijās.",
        ),
        stay_minutes=240, turnaround_minutes=0, gives_entry=True, festival_times=("10:00",),
    ),
    DemoActivity(
        "lysfestival-laser", Kind.WORKSHOP, in_four("Laserlabyrinten", "Laserlabyrinten", "The laser maze", "Lāzeru labirints"),
        30, 16, "workshop",
        in_four(
            "Bygg en vei for laserstrålen med speil og prismer.",
            "Bygg ein veg for laserstrålen med speglar og prisme.",
            "Build a path for the laser beam with mirrors and prisms.",
            "Ar spoguļiem un prizmām izveidojiet ceļu lāzera staram.",
        ),
        turnaround_minutes=0, needs_admission=True, least_age=8, part_of="lysfestival", festival_times=("10:15", "13:00", "14:45"),
    ),
    DemoActivity(
        "lysfestival-dyr", Kind.LECTURE, in_four("Dyr som lyser", "Dyr som lyser", "Animals that glow", "Dzīvnieki, kas spīd"),
        45, 60, "planetarium",
        in_four(
            "En havforsker viser dyr fra Hardangerfjorden som lager sitt eget lys.",
            "Ein havforskar viser dyr frå Hardangerfjorden som lagar sitt eige lys.",
            "A marine scientist shows animals from the Hardangerfjord that make light of their own.",
            "Jūras pētnieks parāda dzīvniekus no Hardangerfjorda, kas paši rada gaismu.",
        ),
        needs_admission=True, part_of="lysfestival", festival_times=("14:00",),
    ),
    DemoActivity(
        "stjernekveld", Kind.LECTURE, in_four("Stjernekveld", "Stjernekveld", "An evening of stars", "Zvaigžņu vakars"),
        105, 60, "planetarium",
        in_four(
            "Foredrag i planetariet om det vi ikke kan se: mørk materie. Kafeen er åpen. For voksne og ungdom.",
            "Foredrag i planetariet om det vi ikkje kan sjå: mørk materie. Kafeen er open. For vaksne og ungdom.",
            "A lecture in the planetarium about what nobody can see: dark matter. The café is open. For adults and teenagers.",
            "Lekcija planetārijā par to, ko neviens nevar redzēt: tumšo matēriju. Kafejnīca ir atvērta. Pieaugušajiem un pusaudžiem.",
        ),
        ((THURSDAY, ("19:00",), None),), least_age=13, outside_hours=True,
    ),
)  # fmt: skip

TICKETS = (
    DemoTicket("festival-adult", in_four("Festivalbillett, voksen", "Festivalbillett, vaksen", "Festival ticket, adult", "Festivāla biļete pieaugušajam"), in_four("16 år og over", "16 år og over", "16 and over", "No 16 gadiem"), (Kind.FESTIVAL,), ((29000, None),), brings_adult=True),
    DemoTicket("festival-child", in_four("Festivalbillett, barn", "Festivalbillett, barn", "Festival ticket, child", "Festivāla biļete bērnam"), in_four("3–15 år", "3–15 år", "3–15", "3–15 gadi"), (Kind.FESTIVAL,), ((19000, None),), advises_adult=True),
    DemoTicket("festival-family", in_four("Festivalbillett, familie", "Festivalbillett, familie", "Festival ticket, family", "Festivāla biļete ģimenei"), in_four("2 voksne og 2 barn", "2 vaksne og 2 barn", "2 adults and 2 children", "2 pieaugušie un 2 bērni"), (Kind.FESTIVAL,), ((82000, None),), places=4, brings_adult=True, covers=({"festival-adult": 2, "festival-child": 2},)),
    DemoTicket("festival-pass-adult", in_four("Festivalpass, voksen", "Festivalpass, vaksen", "Festival pass, adult", "Festivāla abonements pieaugušajam"), in_four("16 år og over", "16 år og over", "16 and over", "No 16 gadiem"), (Kind.FESTIVAL,), ((69000, None),), brings_adult=True, all_days=True),
    DemoTicket("festival-pass-child", in_four("Festivalpass, barn", "Festivalpass, barn", "Festival pass, child", "Festivāla abonements bērnam"), in_four("3–15 år", "3–15 år", "3–15", "3–15 gadi"), (Kind.FESTIVAL,), ((45000, None),), advises_adult=True, all_days=True),
    DemoTicket("festival-session", in_four("Plass", "Plass", "Place", "Vieta"), in_four("Med i festivalbilletten", "Med i festivalbilletten", "Included in the festival ticket", "Ietverta festivāla biļetē"), (), ((0, None),), activities=("lysfestival-laser", "lysfestival-dyr")),
    DemoTicket("evening", in_four("Kveldsbillett", "Kveldsbillett", "Evening ticket", "Vakara biļete"), {}, (), ((19500, None),), brings_adult=True, vat_rate=0, activities=("stjernekveld",)),
    DemoTicket("evening-young", in_four("Ungdom eller student", "Ungdom eller student", "Young person or student", "Jaunietis vai students"), in_four("13–19 år, eller med studentbevis", "13–19 år, eller med studentbevis", "13–19, or with a student card", "13–19 gadi vai ar studenta apliecību"), (), ((12000, None),), vat_rate=0, activities=("stjernekveld",)),
)  # fmt: skip
