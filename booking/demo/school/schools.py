"""Schools of the demo centre: programmes as teachers see them, made-up schools, agreements, visits. All invented."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select

from booking.agreements.models import Agreement, School, SchoolKind, SchoolRules
from booking.agreements.payers import find_schools
from booking.agreements.prices import Pays
from booking.bookings.details import Contact
from booking.bookings.search_words import fold_letters
from booking.capacity.models import Slot
from booking.catalogue.models import Activity, TicketType
from booking.centre.facts import CentreFacts, the_centre
from booking.demo.centres import in_four
from booking.demo.school.journeys import book_journeys
from booking.kernel import clock
from booking.kernel.codes import new_secret
from booking.kernel.database import Texts, db, unit_of_work
from booking.outbox.models import Promise, PromiseState
from booking.planner.plans import Part, PartKind, Plan, Timetable
from booking.planner.wish import Group
from booking.programmes.models import Programme, Subject
from booking.visits.book import VisitOrder, book_visit, wants_of

S = Subject


@dataclass(frozen=True, slots=True)
class DemoProgramme:
    """Grades, subjects, and what the pupils learn."""

    slug: str
    grades: tuple[int, int]
    subjects: tuple[Subject, ...]
    aims: Texts
    shared: bool = False
    instant: bool = True


PROGRAMMES = (
    DemoProgramme("vannets-reise", (1, 3), (S.SCIENCE,), in_four("Forklare hvor vannet kommer fra og hvor det blir av.", "Forklare kvar vatnet kjem frå og kvar det blir av.", "Explain where water comes from and where it goes.", "Izskaidrot, no kurienes ūdens nāk un kur tas paliek.")),
    DemoProgramme("sma-ingeniorer", (1, 4), (S.SCIENCE, S.CRAFTS), in_four("Tegne, bygge og forbedre en konstruksjon.", "Teikne, byggje og forbetre ein konstruksjon.", "Draw, build and improve a structure.", "Uzzīmēt, uzbūvēt un uzlabot konstrukciju.")),
    DemoProgramme("tall-i-bevegelse", (2, 4), (S.MATHS,), in_four("Bruke tall og mønster i lek og bevegelse.", "Bruke tal og mønster i leik og rørsle.", "Use numbers and patterns in play and movement.", "Lietot skaitļus un rakstus rotaļā un kustībā.")),
    DemoProgramme("stjernehimmelen", (3, 5), (S.SCIENCE,), in_four("Beskrive jorda, månen og planetene og hvordan de beveger seg.", "Beskrive jorda, månen og planetane og korleis dei rører seg.", "Describe the earth, the moon and the planets and how they move.", "Aprakstīt Zemi, Mēnesi un planētas un to kustību."), shared=True),
    DemoProgramme("roboten", (4, 6), (S.MATHS, S.CODING), in_four("Lage og rette et program med løkker og valg.", "Lage og rette eit program med løkker og val.", "Write and mend a program with loops and choices.", "Izveidot un labot programmu ar cikliem un izvēlēm.")),
    DemoProgramme("kroppens-motor", (5, 7), (S.SCIENCE,), in_four("Forklare hvordan hjerte, lunger og muskler virker sammen.", "Forklare korleis hjarte, lunger og musklar verkar saman.", "Explain how heart, lungs and muscles work together.", "Izskaidrot, kā sadarbojas sirds, plaušas un muskuļi.")),
    DemoProgramme("bruer", (5, 7), (S.MATHS, S.SCIENCE), in_four("Planlegge, bygge og teste en bru som tåler vekt.", "Planleggje, byggje og teste ei bru som toler vekt.", "Plan, build and test a bridge that bears a load.", "Izplānot, uzbūvēt un pārbaudīt tiltu, kas iztur svaru.")),
    DemoProgramme("var-og-vind", (5, 7), (S.SCIENCE, S.SOCIAL), in_four("Måle været og forklare hvorfor det regner så mye her.", "Måle vêret og forklare kvifor det regnar så mykje her.", "Measure the weather and explain why it rains so much here.", "Mērīt laikapstākļus un izskaidrot, kāpēc te tik daudz līst.")),
    DemoProgramme("kode-med-lys", (6, 8), (S.CODING,), in_four("Styre lys med egen kode og sensorer.", "Styre lys med eigen kode og sensorar.", "Control light with code and sensors of one's own.", "Vadīt gaismu ar savu kodu un sensoriem.")),
    DemoProgramme("havets-hemmeligheter", (8, 10), (S.SCIENCE,), in_four("Undersøke livet i fjorden og hva som truer det.", "Undersøkje livet i fjorden og kva som trugar det.", "Examine life in the fjord and what threatens it.", "Izpētīt dzīvību fjordā un to, kas to apdraud.")),
    DemoProgramme("energi", (8, 10), (S.SCIENCE,), in_four("Sammenligne energikilder med egne målinger.", "Samanlikne energikjelder med eigne målingar.", "Compare sources of energy by measuring them.", "Salīdzināt enerģijas avotus, tos izmērot.")),
    DemoProgramme("sannsynlighet", (8, 10), (S.MATHS,), in_four("Beregne og prøve ut sannsynlighet i spill.", "Rekne ut og prøve sannsyn i spel.", "Calculate and test probability in games.", "Aprēķināt un pārbaudīt varbūtību spēlēs.")),
    DemoProgramme("dna", (9, 11), (S.SCIENCE, S.BIOLOGY), in_four("Hente ut DNA og drøfte hva det kan brukes til.", "Hente ut DNA og drøfte kva det kan brukast til.", "Extract DNA and discuss what it can be used for.", "Izdalīt DNS un apspriest, kam to var izmantot.")),
    DemoProgramme("karbonfangst", (11, 13), (S.CHEMISTRY, S.GEOSCIENCE), in_four("Fange karbondioksid og regne på reaksjonene.", "Fange karbondioksid og rekne på reaksjonane.", "Capture carbon dioxide and work out the reactions.", "Uztvert oglekļa dioksīdu un aprēķināt reakcijas."), instant=False),
    DemoProgramme("algoritmer", (11, 13), (S.MATHS, S.CODING), in_four("Vurdere hva en algoritme bestemmer, og for hvem.", "Vurdere kva ein algoritme bestemmer, og for kven.", "Judge what an algorithm decides, and for whom.", "Izvērtēt, ko algoritms izlemj un par ko.")),
    DemoProgramme("undringsstund", (0, 0), (S.NATURE,), in_four("Undre seg over lys, lyd og vann.", "Undre seg over lys, lyd og vatn.", "Wonder at light, sound and water.", "Brīnīties par gaismu, skaņu un ūdeni.")),
)  # fmt: skip
BEFORE = in_four("Snakk om temaet i klassen. Ingen andre forberedelser trengs.", "Snakk om temaet i klassen. De treng ikkje førebu dykk elles.", "Talk about the subject in class. No other preparation is needed.", "Pārrunājiet tematu klasē. Citi priekšdarbi nav vajadzīgi.")  # fmt: skip
AFTER = in_four("Dere får med et ark med oppgaver å jobbe videre med.", "De får med eit ark med oppgåver å arbeide vidare med.", "You take home a sheet of tasks to work on with.", "Līdzi saņemsiet darba lapu turpmākam darbam.")  # fmt: skip

SCHOOLS = (
    ("Solbakken skole", "998110009", "Bergen", SchoolKind.SCHOOL, "99999"),
    ("Fjordgløtt skole", "998110017", "Bergen", SchoolKind.SCHOOL, "99999"),
    ("Lyngheia skole", "998110025", "Bergen", SchoolKind.SCHOOL, "99999"),
    ("Havørn skole", "998110033", "Øygarden", SchoolKind.SCHOOL, "aaa-99"),
    ("Skarvebukta skole", "998110041", "Øygarden", SchoolKind.SCHOOL, "aaa-99"),
    ("Åsly skole", "998110068", "Bjørnafjorden", SchoolKind.SCHOOL, ""),
    ("Granlia skole", "998110076", "Askøy", SchoolKind.SCHOOL, "B999999"),
    ("Nordvika skole", "998110084", "Askøy", SchoolKind.SCHOOL, "B999999"),
    ("Fyrlykta videregående skole", "998110092", "Bergen", SchoolKind.SCHOOL, "xxx-xx"),
    ("Skjæret videregående skole", "998110106", "Askøy", SchoolKind.SCHOOL, "xxx-xx"),
    ("Tusenfryd barnehage", "998110114", "Bergen", SchoolKind.KINDERGARTEN, "99999"),
    ("Måkeberget barnehage", "998110122", "Bergen", SchoolKind.KINDERGARTEN, "99999"),
    ("Elvebakken skole", "998110130", "Voss", SchoolKind.SCHOOL, ""),
)
AGREEMENTS: tuple[dict[str, object], ...] = (
    {"payer": "Bergen kommune", "org_number": "998110203", "code": "BERGEN-1-10", "municipality": "Bergen", "school_kind": SchoolKind.SCHOOL, "pays": Pays.ALL, "grade_from": 1, "grade_to": 10, "class_visits": 1, "reference_pattern": "99999"},
    {"payer": "Vestland fylkeskommune", "org_number": "998110211", "code": "VESTLAND-VGS", "municipality": "*", "school_kind": SchoolKind.SCHOOL, "pays": Pays.ALL, "grade_from": 11, "grade_to": 13, "reference_pattern": "xxx-xx"},
    {"payer": "Øygarden kommune", "org_number": "998110238", "code": "OYGARDEN-50", "municipality": "Øygarden", "school_kind": SchoolKind.SCHOOL, "pays": Pays.SHARE, "percent": 50},
    {"payer": "Bjørnafjorden kommune", "code": "BJORNAFJORDEN-60", "municipality": "Bjørnafjorden", "school_kind": SchoolKind.SCHOOL, "pays": Pays.PER_PUPIL, "each": 6000},
    {"payer": "Bergen kommune, barnehager", "org_number": "998110203", "code": "BERGEN-BHG", "municipality": "Bergen", "school_kind": SchoolKind.KINDERGARTEN, "pays": Pays.ALL, "grade_from": 0, "grade_to": 0, "class_visits": 2, "reference_pattern": "99999"},
    {"payer": "Askøy kommune", "org_number": "998110246", "code": "ASKOY-600", "municipality": "Askøy", "school_kind": SchoolKind.SCHOOL, "pays": Pays.ALL, "most_pupils": 600, "reference_pattern": "B999999"},
)  # fmt: skip


def write_schools() -> None:
    """Everything but the visits, for a centre that has programmes."""
    activities = dict(iter(db.session.execute(select(Activity.slug, Activity.id))))
    types = dict(iter(db.session.execute(select(TicketType.slug, TicketType.id))))
    if "pupil" not in types:
        return
    with unit_of_work():
        for programme in PROGRAMMES:
            db.session.add(
                Programme(
                    activity_id=activities[programme.slug],
                    grade_from=programme.grades[0],
                    grade_to=programme.grades[1],
                    subjects=[subject.value for subject in programme.subjects],
                    aims=programme.aims,
                    before=BEFORE,
                    after=AFTER,
                    instant=programme.instant,
                    shared=programme.shared,
                )
            )
        db.session.add(
            SchoolRules(
                pupil_price=11000, adult_price=11000, least_price=165000, pupils_per_adult=8, children_per_adult=4,
                pupil_type_id=types["pupil"], adult_type_id=types["group-adult"], lunch_type_id=types["lunch-seat"],
            )
        )  # fmt: skip
        for name, number, municipality, kind, pattern in SCHOOLS:
            db.session.add(
                School(
                    name=name, search=fold_letters(name), org_number=number, municipality=municipality, kind=kind,
                    reference_pattern=pattern, known=True, email=f"post{number[-3:]}@example.org",
                )
            )  # fmt: skip
        db.session.add_all(Agreement(secret=new_secret(), **values) for values in AGREEMENTS)


def write_visits() -> None:
    """Some further ahead: a class that its municipality pays for, a request to approve, journeys of their own kind."""
    if db.session.scalar(select(SchoolRules.id).limit(1)) is None:
        return
    book_examples(the_centre(), clock.now())
    book_journeys(the_centre(), clock.now())
    with unit_of_work():
        # These letters are history: nobody waits for them.
        letters = delete(Promise).where(Promise.state == PromiseState.WAITING, Promise.kind != "mail.waiting")
        db.session.execute(letters)


def book_examples(centre: CentreFacts, now: datetime) -> None:
    """A class that its municipality pays for, and a request that waits for the staff's yes."""
    for slug, school, group in (
        ("bruer", "Solbakken skole", Group("7A", 24, 2, 7)),
        ("karbonfangst", "Fyrlykta videregående skole", Group("2STA", 22, 2, 12)),
    ):
        slot = db.session.scalar(
            select(Slot)
            .join(Activity, Activity.id == Slot.activity_id)
            .where(Activity.slug == slug, Slot.starts_at > now + timedelta(days=20), Slot.taken == 0)
            .order_by(Slot.starts_at)
            .limit(1)
        )
        named_so = find_schools(school)
        if slot is None or not named_so:
            continue
        part = Part(PartKind.PROGRAMME, (slot.id,), slot.starts_at, slot.ends_at, slot.activity_id, slot.space_id)
        timetables = (Timetable(group, (part,), 0, (slot.id,)),)
        arrives, leaves = slot.starts_at - timedelta(minutes=15), slot.ends_at + timedelta(minutes=15)
        plan = Plan(arrives.date(), arrives, leaves, timetables, wants_of(timetables), is_best=False)
        contact = Contact("Kari Nordmann", "kari@example.org", "+4790000000")
        order = VisitOrder(
            plan,
            school=named_so[0],
            contact=contact,
            lang=centre.languages[0],
            mobile="+4790000000",
            invoice_reference="12345",
        )
        with unit_of_work():
            book_visit(order, centre=centre, now=now)
