"""Schools of a centre such as VilVite: what they learn there, who pays, and what they have booked. All invented."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import time

from booking.agreements.models import SchoolKind
from booking.agreements.prices import Pays
from booking.bookings.details import Contact
from booking.demo.school.values import (
    DemoLine,
    DemoMonth,
    DemoOutreach,
    DemoProgramme,
    DemoRelease,
    DemoSchool,
    DemoSchools,
    DemoShow,
    DemoTeacher,
    DemoVisit,
)
from booking.demo.texts import in_four
from booking.invoicing.models import Collective, InvoiceTiming
from booking.planner.wish import Group
from booking.programmes.models import PriceBy, Subject
from booking.releases.models import ReleaseWay

S = Subject
UPPER, KINDERGARTEN = (11, 13), (0, 0)
WEEKDAYS = 0b0011111

PROGRAMMES = (
    DemoProgramme("vannets-reise", (1, 3), (S.SCIENCE,), in_four("Forklare hvor vannet kommer fra og hvor det blir av.", "Forklare kvar vatnet kjem frå og kvar det blir av.", "Explain where water comes from and where it goes.", "Izskaidrot, no kurienes ūdens nāk un kur tas paliek.")),
    DemoProgramme("sma-ingeniorer", (1, 4), (S.SCIENCE, S.CRAFTS), in_four("Tegne, bygge og forbedre en konstruksjon.", "Teikne, byggje og forbetre ein konstruksjon.", "Draw, build and improve a structure.", "Uzzīmēt, uzbūvēt un uzlabot konstrukciju.")),
    DemoProgramme("tall-i-bevegelse", (2, 4), (S.MATHS,), in_four("Bruke tall og mønster i lek og bevegelse.", "Bruke tal og mønster i leik og rørsle.", "Use numbers and patterns in play and movement.", "Lietot skaitļus un rakstus rotaļā un kustībā.")),
    DemoProgramme("stjernehimmelen", (3, 5), (S.SCIENCE,), in_four("Beskrive jorden, månen og planetene og hvordan de beveger seg.", "Beskrive jorda, månen og planetane og korleis dei rører seg.", "Describe the earth, the moon and the planets and how they move.", "Aprakstīt Zemi, Mēnesi un planētas un to kustību."), shared=True, own={"price_by": PriceBy.GROUP, "price": 150000}),
    DemoProgramme("roboten", (4, 6), (S.MATHS, S.CODING), in_four("Lage og rette et program med løkker og valg.", "Lage og rette eit program med løkker og val.", "Write and mend a program with loops and choices.", "Izveidot un labot programmu ar cikliem un izvēlēm.")),
    DemoProgramme("kroppens-motor", (5, 7), (S.SCIENCE,), in_four("Forklare hvordan hjerte, lunger og muskler virker sammen.", "Forklare korleis hjarte, lunger og musklar verkar saman.", "Explain how heart, lungs and muscles work together.", "Izskaidrot, kā sadarbojas sirds, plaušas un muskuļi.")),
    DemoProgramme("bruer", (5, 7), (S.MATHS, S.SCIENCE), in_four("Planlegge, bygge og teste en bru som tåler vekt.", "Planleggje, byggje og teste ei bru som toler vekt.", "Plan, build and test a bridge that bears a load.", "Izplānot, uzbūvēt un pārbaudīt tiltu, kas iztur svaru.")),
    DemoProgramme("var-og-vind", (5, 7), (S.SCIENCE, S.SOCIAL), in_four("Måle været og forklare hvorfor det regner så mye her.", "Måle vêret og forklare kvifor det regnar så mykje her.", "Measure the weather and explain why it rains so much here.", "Mērīt laikapstākļus un izskaidrot, kāpēc te tik daudz līst.")),
    DemoProgramme("kode-med-lys", (6, 8), (S.CODING,), in_four("Styre lys med egen kode og sensorer.", "Styre lys med eigen kode og sensorar.", "Control light with code and sensors of one's own.", "Vadīt gaismu ar savu kodu un sensoriem."), own={"price_by": PriceBy.FREE}),
    DemoProgramme("havets-hemmeligheter", (8, 10), (S.SCIENCE,), in_four("Undersøke livet i fjorden og hva som truer det.", "Undersøkje livet i fjorden og kva som trugar det.", "Examine life in the fjord and what threatens it.", "Izpētīt dzīvību fjordā un to, kas to apdraud.")),
    DemoProgramme("energi", (8, 10), (S.SCIENCE,), in_four("Sammenligne energikilder med egne målinger.", "Samanlikne energikjelder med eigne målingar.", "Compare sources of energy by measuring them.", "Salīdzināt enerģijas avotus, tos izmērot.")),
    DemoProgramme("sannsynlighet", (8, 10), (S.MATHS,), in_four("Beregne og prøve ut sannsynlighet i spill.", "Rekne ut og prøve sannsyn i spel.", "Calculate and test probability in games.", "Aprēķināt un pārbaudīt varbūtību spēlēs.")),
    DemoProgramme("dna", (9, 11), (S.SCIENCE, S.BIOLOGY), in_four("Hente ut DNA og drøfte hva det kan brukes til.", "Hente ut DNA og drøfte kva det kan brukast til.", "Extract DNA and discuss what it can be used for.", "Izdalīt DNS un apspriest, kam to var izmantot."), own={"most_groups": 2}),
    DemoProgramme("karbonfangst", (11, 13), (S.CHEMISTRY, S.GEOSCIENCE), in_four("Fange karbondioksid og regne på reaksjonene.", "Fange karbondioksid og rekne på reaksjonane.", "Capture carbon dioxide and work out the reactions.", "Uztvert oglekļa dioksīdu un aprēķināt reakcijas."), instant=False),
    DemoProgramme("algoritmer", (11, 13), (S.MATHS, S.CODING), in_four("Vurdere hva en algoritme bestemmer, og for hvem.", "Vurdere kva ein algoritme bestemmer, og for kven.", "Judge what an algorithm decides, and for whom.", "Izvērtēt, ko algoritms izlemj un par ko.")),
    DemoProgramme("undringsstund", (0, 0), (S.NATURE,), in_four("Undre seg over lys, lyd og vann.", "Undre seg over lys, lyd og vatn.", "Wonder at light, sound and water.", "Brīnīties par gaismu, skaņu un ūdeni."), own={"price_by": PriceBy.PERSON, "price": 7500, "adult_price": 0}),
)  # fmt: skip
BEFORE = in_four("Snakk om temaet i klassen. Ingen andre forberedelser trengs.", "Snakk om temaet i klassen. De treng ikkje førebu dykk elles.", "Talk about the subject in class. No other preparation is needed.", "Pārrunājiet tematu klasē. Citi priekšdarbi nav vajadzīgi.")  # fmt: skip
AFTER = in_four("Dere får med et ark med oppgaver å jobbe videre med.", "De får med eit ark med oppgåver å arbeide vidare med.", "You take home a sheet of tasks to work on with.", "Līdzi saņemsiet darba lapu turpmākam darbam.")  # fmt: skip

SCHOOLS = (
    DemoSchool("Solbakken skole", "998110009", "Bergen", "99999"),
    DemoSchool("Fjordgløtt skole", "998110017", "Bergen", "99999"),
    DemoSchool("Lyngheia skole", "998110025", "Bergen", "99999"),
    DemoSchool("Havørn skole", "998110033", "Øygarden", "aaa-99"),
    DemoSchool("Skarvebukta skole", "998110041", "Øygarden", "aaa-99"),
    DemoSchool("Åsly skole", "998110068", "Bjørnafjorden"),
    DemoSchool("Granlia skole", "998110076", "Askøy", "B999999"),
    DemoSchool("Nordvika skole", "998110084", "Askøy", "B999999"),
    DemoSchool("Fyrlykta videregående skole", "998110092", "Bergen", "xxx-xx", UPPER),
    DemoSchool("Skjæret videregående skole", "998110106", "Askøy", "xxx-xx", UPPER),
    DemoSchool("Tusenfryd barnehage", "998110114", "Bergen", "99999", KINDERGARTEN, SchoolKind.KINDERGARTEN),
    DemoSchool("Måkeberget barnehage", "998110122", "Bergen", "99999", KINDERGARTEN, SchoolKind.KINDERGARTEN),
    DemoSchool("Elvebakken skole", "998110130", "Voss"),
    DemoSchool("Gamlehaugen skole", "998110149", "Voss", active=False),
)
AGREEMENTS: tuple[Mapping[str, object], ...] = (
    {"payer": "Bergen kommune", "org_number": "998110203", "code": "BERGEN-1-10", "municipality": "Bergen", "school_kind": SchoolKind.SCHOOL, "pays": Pays.ALL, "grade_from": 1, "grade_to": 10, "class_visits": 1, "reference_pattern": "99999"},
    {"payer": "Vestland fylkeskommune", "org_number": "998110211", "code": "VESTLAND-VGS", "municipality": "*", "school_kind": SchoolKind.SCHOOL, "pays": Pays.ALL, "grade_from": 11, "grade_to": 13, "reference_pattern": "xxx-xx"},
    {"payer": "Øygarden kommune", "org_number": "998110238", "code": "OYGARDEN-50", "municipality": "Øygarden", "school_kind": SchoolKind.SCHOOL, "pays": Pays.SHARE, "percent": 50},
    {"payer": "Bjørnafjorden kommune", "code": "BJORNAFJORDEN-60", "municipality": "Bjørnafjorden", "school_kind": SchoolKind.SCHOOL, "pays": Pays.PER_PUPIL, "each": 6000},
    {"payer": "Bergen kommune, barnehager", "org_number": "998110203", "code": "BERGEN-BHG", "municipality": "Bergen", "school_kind": SchoolKind.KINDERGARTEN, "pays": Pays.ALL, "grade_from": 0, "grade_to": 0, "class_visits": 2, "reference_pattern": "99999"},
    {"payer": "Askøy kommune", "org_number": "998110246", "code": "ASKOY-600", "municipality": "Askøy", "school_kind": SchoolKind.SCHOOL, "pays": Pays.ALL, "most_pupils": 600, "reference_pattern": "B999999"},
    {"payer": "Voss herad", "code": "VOSS-7M3KQ9XD", "municipality": "Voss", "pays": Pays.PER_GROUP, "each": 100000, "most_visits": 20, "active": False},
)  # fmt: skip

# Who comes in which of the months, the latest last; a municipality with an agreement sends a whole month's worth once.
MANY = ("Solbakken skole", "Fjordgløtt skole", "Lyngheia skole")
TURN = (
    "Havørn skole", "Fyrlykta videregående skole", "Granlia skole", "Åsly skole", "Solbakken skole",
    "Elvebakken skole", "Skarvebukta skole", "Skjæret videregående skole", "Nordvika skole",
)  # fmt: skip

RELEASES = (
    DemoRelease(
        ReleaseWay.FIRST_COME,
        ("havets-hemmeligheter", "energi", "dna"),
        6,
        (
            DemoTeacher("Solbakken skole", "Ingrid Myhre", Group("9A", 26, 2, 9)),
            DemoTeacher("Lyngheia skole", "Torstein Vik", Group("8B", 24, 2, 8)),
            DemoTeacher("Havørn skole", "Sunniva Dahl", Group("10A", 27, 2, 10)),
            DemoTeacher("Åsly skole", "Jonas Heggland", Group("9B", 25, 2, 9)),
            DemoTeacher("Nordvika skole", "Maren Tveit", Group("8A", 22, 2, 8)),
        ),
    ),
    DemoRelease(
        ReleaseWay.DRAWING,
        ("stjernehimmelen", "undringsstund"),
        13,
        (
            DemoTeacher("Tusenfryd barnehage", "Linda Moe", Group("Maurtua", 12, 4, 0)),
            DemoTeacher("Måkeberget barnehage", "Per Ask", Group("Bjørnehiet", 14, 4, 0)),
        ),
    ),
)

OUTREACH = DemoOutreach(
    slug="mobilt-stjernerom",
    title=in_four("Stjernerommet på tur", "Stjernerommet på tur", "The star dome on the road", "Zvaigžņu telts ceļā"),
    summary=in_four(
        "Vi blåser opp et planetarium i gymsalen og tar klassen med ut i solsystemet.",
        "Vi blæs opp eit planetarium i gymsalen og tek klassen med ut i solsystemet.",
        "We inflate a planetarium in your gym and take the class out into the solar system.",
        "Jūsu sporta zālē uzpūšam planetāriju un vedam klasi ceļojumā pa Saules sistēmu.",
    ),
    facts={
        "grade_from": 3,
        "grade_to": 7,
        "price": 350000,
        "vat_rate": 0,
        "most_a_day": 2,
        "weekdays": WEEKDAYS,
        "from_time": time(8, 30),
        "until_time": time(13, 30),
        "setup_minutes": 45,
        "notice_days": 7,
        "instant": True,
        "needs": in_four(
            "6 × 6 meter gulv, 3,5 meter under taket, én stikkontakt.",
            "6 × 6 meter golv, 3,5 meter under taket, éin stikkontakt.",
            "6 × 6 metres of floor, 3.5 metres to the ceiling, one socket.",
            "6 × 6 metri brīvas grīdas, 3,5 metri līdz griestiem, viena kontaktligzda.",
        ),
        "before": in_four(
            "Rydd gulvet, og la noen møte oss ved inngangen. Elevene tar av seg skoene.",
            "Rydd golvet, og la nokon møte oss ved inngangen. Elevane tek av seg skoa.",
            "Clear the floor and have somebody meet us at the entrance. Pupils take off their shoes.",
            "Atbrīvojiet grīdu, un lai kāds mūs sagaida pie ieejas. Skolēni novelk apavus.",
        ),
    },
    ways=(("Bergen", 25, 0), ("Askøy", 40, 0), ("Bjørnafjorden", 45, 0), ("Øygarden", 55, 25000), ("Voss", 100, 90000)),
    educators=4,
    visit=DemoVisit("mobilt-stjernerom", "Havørn skole", Group("5B", 24, 2, 5), "abc-12"),
    address="Eksempelvegen 7, 5337 Rong",
    room="Gymsalen, inngang fra skolegården",
)


PAYERS = (
    (
        "number:998110203",
        {
            "street": "Eksempelkaien 1",
            "postcode": "5004",
            "town": "Bergen",
            "email": "faktura-bergen@example.org",
            "collective": Collective.MONTH,
            "by_reference": False,
            "common_reference": "12345",
        },
    ),
    (
        "number:998110211",
        {"street": "Eksempelveien 2", "postcode": "5004", "town": "Bergen", "email": "faktura-vestland@example.org"},
    ),
    (
        "number:998110238",
        {"street": "Eksempelveien 3", "postcode": "5353", "town": "Straume", "email": "faktura-oygarden@example.org"},
    ),
    (
        "number:998110246",
        {"street": "Eksempelveien 4", "postcode": "5300", "town": "Kleppestø", "email": "faktura-askoy@example.org"},
    ),
    ("number:998110033", {"town": "Straume", "email": "post-havorn@example.org"}),
    # It wants its invoice in the budget year in which it books: its class for the exhibition can be invoiced at once.
    ("number:998110130", {"town": "Voss", "timing": InvoiceTiming.ON_BOOKING}),
)

VILVITE_SCHOOLS = DemoSchools(
    programmes=PROGRAMMES,
    before=BEFORE,
    after=AFTER,
    rules={
        "pupil_price": 11000,
        "adult_price": 11000,
        "least_price": 165000,
        "pupils_per_adult": 8,
        "children_per_adult": 4,
    },
    schools=SCHOOLS,
    agreements=AGREEMENTS,
    coming=(*MANY, "Havørn skole", "Skarvebukta skole", "Åsly skole"),
    needs=("", "", "", "Rullestol: én elev", "Nøtteallergi i klassen", "Tegnspråktolk er med"),
    months=(DemoMonth(TURN, 9), DemoMonth(MANY, 22), DemoMonth(TURN, 9)),
    teacher=Contact("Kari Nordmann", "kari@example.org", "+4790000000"),
    order_number="PO-",
    opinions=(
        (5, "Elevene snakket om det hele veien hjem. Formidleren traff nivået veldig godt."),
        (5, ""),
        (4, "Fint opplegg, men vi kunne trengt ti minutter til på slutten."),
        (5, "Takk for et gjennomtenkt ark til etterarbeidet."),
        (4, ""),
        (3, "Litt mye venting ved utstyret, ellers bra."),
        (5, "Like bra som i fjor. Vi kommer igjen."),
        (2, "For vanskelig for de yngste i gruppen."),
        (4, "God stemning, trygge voksne, tydelige beskjeder."),
        (5, ""),
    ),
    ahead=(
        DemoVisit("bruer", "Solbakken skole", Group("7A", 24, 2, 7), "12345"),
        DemoVisit("kroppens-motor", "Elvebakken skole", Group("6B", 25, 2, 6), "ELV-6B", show="elektriske-oyeblikk"),
        DemoVisit("karbonfangst", "Fyrlykta videregående skole", Group("2STA", 22, 2, 12), "12345"),
    ),
    shows=(DemoShow("elektriske-oyeblikk", (1, 10), 4000),),
    exhibition=DemoVisit("", "Elvebakken skole", Group("4A", 22, 3, 4), "ELV-4A"),
    lines=(
        DemoLine("bruer", ((24, "ola@example.org", "nb"), (28, "ada@example.org", "nn"))),
        DemoLine("roboten", ((26, "per@example.org", "nb"),), any_day=True),
    ),
    releases=RELEASES,
    outreach=OUTREACH,
    payers=PAYERS,
)
