"""A centre such as VilVite in Bergen: 400 people at once, entry every half hour, shows, workshops, school programmes."""

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
from booking.demo.events import of_contests, of_vilvite
from booking.demo.school.of_vilvite import VILVITE_SCHOOLS
from booking.demo.texts import in_four

TUE_TO_FRI, WEEKEND, ALL_DAYS, TUE_TO_SUN = 0b0011110, 0b1100000, 0b1111111, 0b1111110
AFTERNOON = time(15, 0)
NONE: dict[str, str] = {}


def _programme(
    slug: str,
    nb: str,
    nn: str,
    en: str,
    lv: str,
    minutes: int,
    places: int,
    space: str,
    habit: tuple[int, *tuple[str, ...]],
) -> DemoActivity:
    weekdays, *starts = habit
    summary = in_four(
        "Undervisningsopplegg for skoleklasser.",
        "Undervisningsopplegg for skuleklassar.",
        "A programme for school classes.",
        "Mācību programma skolas klasēm.",
    )
    title = in_four(nb, nn, en, lv)
    return DemoActivity(
        slug,
        Kind.PROGRAMME,
        title,
        minutes,
        places,
        space,
        summary,
        ((weekdays, tuple(starts), None),),
        stay_minutes=150,
    )


def _course(slug: str, nb: str, nn: str, en: str, lv: str, minutes: int, places: int) -> DemoActivity:
    summary = in_four("Kurs for lærere.", "Kurs for lærarar.", "A course for teachers.", "Kurss skolotājiem.")
    return DemoActivity(slug, Kind.COURSE, in_four(nb, nn, en, lv), minutes, places, "planetarium", summary)


def _show(
    slug: str, title: tuple[str, str, str, str], summary: tuple[str, str, str, str], days: int, *times: str
) -> DemoActivity:
    return DemoActivity(
        slug, Kind.SHOW, in_four(*title), 30, 120, "auditorium", in_four(*summary), ((days, times, None),),
        needs_admission=True,
    )  # fmt: skip


def _workshop(
    slug: str,
    title: tuple[str, str, str, str],
    summary: tuple[str, str, str, str],
    minutes: int,
    least_age: int,
    *times: str,
) -> DemoActivity:
    return DemoActivity(
        slug, Kind.WORKSHOP, in_four(*title), minutes, 24, "workshop", in_four(*summary), ((WEEKEND, times, None),),
        needs_admission=True, least_age=least_age,
    )  # fmt: skip


TUE, WED, THU, FRI = 0b0000010, 0b0000100, 0b0001000, 0b0010000
SAT, SUN = 0b0100000, 0b1000000

PROGRAMMES = (
    _programme("vannets-reise", "Vannets reise", "Reisa til vatnet", "Water's journey", "Ūdens ceļojums", 60, 30, "lab-1", (TUE, "09:15")),
    _programme("sma-ingeniorer", "Små ingeniører", "Små ingeniørar", "Little engineers", "Mazie inženieri", 75, 28, "workshop", (TUE, "09:15")),
    _programme("tall-i-bevegelse", "Tall i bevegelse", "Tal i rørsle", "Numbers in motion", "Skaitļi kustībā", 60, 30, "lab-2", (TUE, "09:15")),
    _programme("stjernehimmelen", "Stjernehimmelen over oss", "Stjernehimmelen over oss", "The sky above us", "Debesis virs mums", 45, 60, "planetarium", (TUE_TO_FRI, "10:45", "12:00")),
    _programme("roboten", "Roboten og labyrinten", "Roboten og labyrinten", "The robot and the maze", "Robots un labirints", 90, 28, "lab-2", (WED, "09:15")),
    _programme("kroppens-motor", "Kroppens motor", "Motoren i kroppen", "The body's engine", "Ķermeņa dzinējs", 75, 30, "lab-1", (WED, "09:15", "11:00", "12:45")),
    _programme("bruer", "Bruer som bærer", "Bruer som ber", "Bridges that hold", "Tilti, kas notur", 90, 28, "workshop", (WED, "09:15", "11:00", "13:15")),
    _programme("var-og-vind", "Vær og vind på Vestlandet", "Vêr og vind på Vestlandet", "West-coast weather", "Rietumkrasta laikapstākļi", 60, 30, "lab-1", (TUE, "10:45")),
    _programme("kode-med-lys", "Kode med lys", "Kode med lys", "Coding with light", "Programmēšana ar gaismu", 90, 28, "lab-2", (THU, "09:15")),
    _programme("havets-hemmeligheter", "Havets hemmeligheter", "Løyndomane i havet", "Secrets of the sea", "Jūras noslēpumi", 90, 30, "lab-1", (THU, "09:15")),
    _programme("energi", "Energi for framtiden", "Energi for framtida", "Energy for the future", "Enerģija nākotnei", 90, 30, "lab-2", (FRI, "09:15")),
    _programme("sannsynlighet", "Sannsynlighet på prøve", "Sannsyn på prøve", "Probability put to the test", "Varbūtība pārbaudē", 75, 30, "lab-2", (WED, "12:30")),
    _programme("dna", "DNA-detektivene", "DNA-detektivane", "The DNA detectives", "DNS detektīvi", 120, 28, "lab-1", (FRI, "09:15")),
    _programme("karbonfangst", "Karbonfangst i et beger", "Karbonfangst i eit beger", "Carbon capture in a beaker", "Oglekļa uztveršana vārglāzē", 120, 28, "lab-1", (THU, "12:30")),
    _programme("algoritmer", "Algoritmer og etikk", "Algoritmar og etikk", "Algorithms and ethics", "Algoritmi un ētika", 120, 30, "lab-2", (FRI, "12:30")),
    _programme("undringsstund", "Undringsstund", "Undringsstund", "Hour of wonder", "Brīnumu stunda", 45, 18, "workshop", (THU | FRI, "10:45")),
)  # fmt: skip

COURSES = (
    _course("programmering-fra-bunnen", "Programmering fra bunnen", "Programmering frå botnen", "Programming from the ground up", "Programmēšana no pašiem pamatiem", 180, 24),
    _course("utforskende-matematikk", "Utforskende matematikk", "Utforskande matematikk", "Exploring mathematics", "Pētnieciskā matemātika", 180, 24),
    _course("havet-i-klasserommet", "Havet i klasserommet", "Havet i klasserommet", "The ocean in the classroom", "Jūra klasē", 240, 20),
    _course("skaperverksted", "Skaperverksted for lærere", "Skaparverkstad for lærarar", "Makerspace for teachers", "Radošā darbnīca skolotājiem", 240, 16),
)  # fmt: skip

SHOWS = (
    _show("ild-og-is", ("Ild og is", "Eld og is", "Fire and ice", "Uguns un ledus"), ("Flytende nitrogen, flammer og alt imellom.", "Flytande nitrogen, flammar og alt imellom.", "Liquid nitrogen, flames and everything between.", "Šķidrais slāpeklis, liesmas un viss pa vidu."), SAT, "11:30", "14:00"),
    _show("lyd", ("Lyd du kan se", "Lyd du kan sjå", "Sound you can see", "Skaņa, ko var redzēt"), ("Hva skjer når lyd får sand til å danse?", "Kva skjer når lyd får sand til å danse?", "What happens when sound makes sand dance?", "Kas notiek, kad skaņa liek smiltīm dejot?"), SUN, "11:30", "14:00"),
    _show("bobler", ("Bobler!", "Bobler!", "Bubbles!", "Burbuļi!"), ("Store, små, firkantede og brennende såpebobler.", "Store, små, firkanta og brennande såpebobler.", "Large, small, square and burning soap bubbles.", "Lieli, mazi, kantaini un degoši ziepju burbuļi."), SAT | SUN, "12:30"),
    _show("elektriske-oyeblikk", ("Elektriske øyeblikk", "Elektriske augeblink", "Electric moments", "Elektriski mirkļi"), ("Lyn på scenen og hår som reiser seg.", "Lyn på scena og hår som reiser seg.", "Lightning on stage and hair that stands on end.", "Zibens uz skatuves un mati, kas saceļas stāvus."), TUE_TO_FRI, "13:00"),
    _show("luft", ("Luft under press", "Luft under press", "Air under pressure", "Gaiss zem spiediena"), ("Kan luft løfte et menneske?", "Kan luft løfte eit menneske?", "Can air lift a person?", "Vai gaiss var pacelt cilvēku?"), SAT, "15:30"),
    _show("smell", ("Verdens største smell", "Det største smellet i verda", "The world's biggest bang", "Pasaules lielākais blīkšķis"), ("Hold deg for ørene: kjemi med smell i.", "Hald deg for øyra: kjemi med smell i.", "Cover your ears: chemistry with a bang.", "Aizspiediet ausis: ķīmija ar blīkšķi."), SUN, "15:30"),
)  # fmt: skip

WORKSHOPS = (
    _workshop("borstebot", ("Bygg en børstebot", "Bygg ein børstebot", "Build a brushbot", "Uzbūvē birstes robotu"), ("Lag en liten robot som løper på bust, og ta den med hjem.", "Lag ein liten robot som spring på bust, og ta han med heim.", "Make a small robot that runs on bristles, and take it home.", "Izgatavojiet mazu robotu, kas skrien uz sariem, un paņemiet to mājās."), 45, 6, "11:00"),
    _workshop("lykt", ("Lag din egen lykt", "Lag di eiga lykt", "Make your own lantern", "Izgatavo savu laternu"), ("Lodd, klipp og tenn: en lykt til mørke kvelder.", "Lodd, klipp og tenn: ei lykt til mørke kveldar.", "Solder, cut and light it: a lantern for dark evenings.", "Lodējiet, grieziet un iededziet: laterna tumšiem vakariem."), 60, 8, "12:15"),
    _workshop("papirfly", ("Papirfly-laben", "Papirfly-laben", "Paper plane lab", "Papīra lidmašīnu laboratorija"), ("Brett, test og forbedre. Hvem flyr lengst?", "Brett, test og forbetre. Kven flyg lengst?", "Fold, test, improve. Who flies farthest?", "Lokiet, izmēģiniet, uzlabojiet. Kurš aizlidos vistālāk?"), 30, 4, "13:45"),
    _workshop("slim", ("Slim og polymerer", "Slim og polymerar", "Slime and polymers", "Slaimi un polimēri"), ("Finn oppskriften på det perfekte slimet.", "Finn oppskrifta på det perfekte slimet.", "Find the recipe for the perfect slime.", "Atrodiet ideālā slaima recepti."), 45, 5, "14:30"),
    _workshop("kodeklubb", ("Kodeklubb på prøve", "Kodeklubb på prøve", "Coding club taster", "Ieskats programmēšanas klubā"), ("Lag ditt første spill sammen med oss.", "Lag det første spelet ditt saman med oss.", "Make your first game with us.", "Izveidojiet kopā ar mums savu pirmo spēli."), 60, 8, "15:30"),
    DemoActivity(
        "mikroskop", Kind.WORKSHOP, in_four("Mikroskopjakten", "Mikroskopjakta", "Microscope hunt", "Medības ar mikroskopu"), 45, 24, "lab-1",
        in_four("Let etter liv i en dråpe vann.", "Leit etter liv i ein drope vatn.", "Search for life in a drop of water.", "Meklējiet dzīvību ūdens pilē."),
        ((WEEKEND, ("12:00", "14:00"), None),), needs_admission=True, least_age=6,
    ),
)  # fmt: skip

VILVITE = DemoCentre(
    facts={
        "name": "VilVite",
        "legal_name": "Demosenteret AS",
        "org_number": "974760673",
        "country": "NO",
        "timezone": "Europe/Oslo",
        "currency": "NOK",
        "languages": ["nb", "nn", "en", "lv"],
        "address": "Eksempelgata 51, 5006 Bergen",
        "phone": "+47 55 00 00 00",
        "email": "billett@example.org",
        "gift_card_least": 10_000,
        "gift_card_most": 500_000,
        "gift_card_step": 5_000,
        "website": "https://example.org",
        "tagline": in_four(
            "Kom og prøv. Her får du lov til å ta på alt.",
            "Kom og prøv. Her får du lov til å ta på alt.",
            "Come and try. Here you may touch everything.",
            "Nāciet un izmēģiniet. Šeit drīkst aiztikt visu.",
        ),
        "find_us": in_four(
            "Bybanen stopper rett utenfor. Det er sykkelparkering ved inngangen, men få parkeringsplasser.",
            "Bybanen stoppar rett utanfor. Det er sykkelparkering ved inngangen, men få parkeringsplassar.",
            "The light rail stops just outside. Bicycles are parked by the door; there are few places for cars.",
            "Tramvajs pietur tieši pie ieejas. Pie durvīm ir velonovietne; autostāvvietu ir maz.",
        ),
        "newsletter_topics": {
            "holidays": in_four("Ferieprogram", "Ferieprogram", "Holiday programme", "Brīvdienu programma"),
            "shows": in_four("Nye show og verksteder", "Nye show og verkstader", "New shows and workshops", "Jauni šovi un darbnīcas"),
            "schools": in_four("Skole og barnehage", "Skule og barnehage", "Schools and kindergartens", "Skolām un bērnudārziem"),
        },
    },
    invoices={
        "account": "NO9386011117947",
        "bic": "DNBANOKK",
        "vat_number": "974760673MVA",
        "registered_in": "Foretaksregisteret",
        "street": "Eksempelgata 51",
        "postcode": "5006",
        "town": "Bergen",
        "scheme": "0192",
        "exempt_reason": {
            "nb": "Unntatt fra mva.: undervisning, merverdiavgiftsloven § 3-5",
            "nn": "Unnateke frå mva.: undervisning, meirverdiavgiftslova § 3-5",
            "en": "Exempt from VAT: teaching, section 3-5 of the Norwegian VAT act",
            "lv": "Atbrīvots no PVN: mācības, Norvēģijas PVN likuma 3-5. pants",
        },
        "exempt_code": "6",
    },
    vat_rate=1200,
    spaces=(
        DemoSpace("house", in_four("Huset", "Huset", "The house", "Ēka"), 400, is_house=True),
        DemoSpace("exhibition", in_four("Utstillingen", "Utstillinga", "The exhibition", "Ekspozīcija"), 300),
        DemoSpace("auditorium", in_four("Auditoriet", "Auditoriet", "The auditorium", "Auditorija"), 120),
        DemoSpace("lab-1", in_four("Lab 1", "Lab 1", "Lab 1", "1. laboratorija"), 32),
        DemoSpace("lab-2", in_four("Lab 2", "Lab 2", "Lab 2", "2. laboratorija"), 32),
        DemoSpace("workshop", in_four("Verkstedet", "Verkstaden", "The workshop", "Darbnīca"), 28),
        DemoSpace("planetarium", in_four("Planetriet", "Planetriet", "The planetarium", "Planetārijs"), 60),
        DemoSpace("lunch-room", in_four("Matpakkerommet", "Matpakkerommet", "The lunch room", "Pusdienu telpa"), 70),
    ),
    hours=(
        DemoHours(TUE_TO_FRI, time(9), time(16), time(10)),
        DemoHours(WEEKEND, time(10), time(17), time(10)),
    ),
    activities=(
        DemoActivity(
            "inngang", Kind.ADMISSION, in_four("Inngang", "Inngang", "Entry", "Ieeja"), 30, 60, "exhibition",
            in_four("Alle utstillingene, hele dagen.", "Alle utstillingane, heile dagen.", "All exhibitions, all day.", "Visas ekspozīcijas, visu dienu."),
            ((TUE_TO_SUN, (), 30),), stay_minutes=120, turnaround_minutes=0, invoiced_ahead=True,
        ),
        *SHOWS,
        *WORKSHOPS,
        *of_vilvite.EVENTS,
        of_contests.FJORDBOT,
        *PROGRAMMES,
        *COURSES,
        DemoActivity(
            "matpakkerom", Kind.LUNCH, in_four("Matpakkerom", "Matpakkerom", "Lunch room", "Pusdienu telpa"), 30, 70, "lunch-room",
            in_four("Et bord til matpakken.", "Eit bord til matpakken.", "A table for your packed lunch.", "Galds līdzpaņemtajām pusdienām."),
            ((TUE_TO_FRI, ("10:30", "11:00", "11:30", "12:00", "12:30", "13:00"), None),), turnaround_minutes=0, needs_admission=True,
        ),
    ),
    tickets=(
        DemoTicket("adult", in_four("Voksen", "Vaksen", "Adult", "Pieaugušais"), in_four("16 år og over", "16 år og over", "16 and over", "No 16 gadiem"), (Kind.ADMISSION,), ((21000, None), (16800, AFTERNOON)), brings_adult=True),
        DemoTicket("child", in_four("Barn", "Barn", "Child", "Bērns"), in_four("3–15 år. Under 10 år i følge med en voksen.", "3–15 år. Under 10 år i følgje med ein vaksen.", "3–15. Under 10 with an adult.", "3–15 gadi. Līdz 10 gadiem kopā ar pieaugušo."), (Kind.ADMISSION,), ((17000, None), (13600, AFTERNOON)), advises_adult=True),
        DemoTicket("toddler", in_four("Barn 0–2 år", "Barn 0–2 år", "Child 0–2", "Bērns 0–2"), in_four("Gratis, men tar en plass", "Gratis, men tek ein plass", "Free, but takes a place", "Bez maksas, bet aizņem vietu"), (Kind.ADMISSION,), ((0, None),), needs_adult=True),
        DemoTicket("student-senior", in_four("Student eller honnør", "Student eller honnør", "Student or senior", "Students vai seniors"), in_four("Med gyldig bevis", "Med gyldig bevis", "With valid proof", "Uzrādot apliecību"), (Kind.ADMISSION,), ((17000, None), (13600, AFTERNOON)), brings_adult=True, proof=in_four("Ta med student- eller honnørbevis.", "Ta med student- eller honnørbevis.", "Bring your student or senior card.", "Paņemiet līdzi studenta vai pensionāra apliecību.")),
        DemoTicket("family", in_four("Familiebillett", "Familiebillett", "Family ticket", "Ģimenes biļete"), in_four("2 voksne og 2 barn, eller 1 voksen og 3 barn", "2 vaksne og 2 barn, eller 1 vaksen og 3 barn", "2 adults and 2 children, or 1 adult and 3 children", "2 pieaugušie un 2 bērni vai 1 pieaugušais un 3 bērni"), (Kind.ADMISSION,), ((69000, None), (55200, AFTERNOON)), places=4, brings_adult=True, covers=({"adult": 2, "child": 2}, {"adult": 1, "child": 3})),
        DemoTicket("extra-child", in_four("Ett barn til i familien", "Eitt barn til i familien", "One more child in the family", "Vēl viens bērns ģimenē"), in_four("Sammen med en familiebillett", "Saman med ein familiebillett", "Together with a family ticket", "Kopā ar ģimenes biļeti"), (Kind.ADMISSION,), ((12000, None), (9600, AFTERNOON)), needs_adult=True, goes_with="family", covers=({"child": 1},)),
        DemoTicket("companion", in_four("Ledsager", "Ledsagar", "Companion", "Pavadonis"), in_four("Gratis med ledsagerbevis", "Gratis med ledsagarbevis", "Free with a companion card", "Bez maksas ar pavadoņa karti"), (Kind.ADMISSION,), ((0, None),), brings_adult=True, accompanies=True, proof=in_four("Ta med ledsagerbeviset.", "Ta med ledsagarbeviset.", "Bring the companion card.", "Paņemiet līdzi pavadoņa karti.")),
        DemoTicket("pass", in_four("Årskort", "Årskort", "Annual pass", "Gada karte"), in_four("Vis kortet ved inngangen", "Vis kortet ved inngangen", "Show your pass at the door", "Uzrādiet karti pie ieejas"), (Kind.ADMISSION,), ((0, None),), brings_adult=True, proof=in_four("Ta med årskortet.", "Ta med årskortet.", "Bring your annual pass.", "Paņemiet līdzi gada karti."), number_name=in_four("Nummer på årskortet", "Nummer på årskortet", "Number on the annual pass", "Gada kartes numurs"), number_shape="VV-#####"),
        DemoTicket("show-seat", in_four("Plass på show", "Plass på show", "Seat at the show", "Vieta šovā"), NONE, (Kind.SHOW,), ((6000, None),)),
        DemoTicket("workshop-place", in_four("Plass på verksted", "Plass på verkstad", "Place at the workshop", "Vieta darbnīcā"), NONE, (Kind.WORKSHOP,), ((9000, None),)),
        *of_vilvite.TICKETS,
        of_contests.FJORDBOT_TICKET,
        DemoTicket("pupil", in_four("Elev", "Elev", "Pupil", "Skolēns"), NONE, (Kind.PROGRAMME,), ((11000, None),)),
        DemoTicket("group-adult", in_four("Voksen i klassen", "Vaksen i klassen", "Adult with the class", "Pavadošā persona"), NONE, (Kind.PROGRAMME,), ((0, None),), brings_adult=True),
        DemoTicket("participant", in_four("Deltaker", "Deltakar", "Participant", "Dalībnieks"), NONE, (Kind.COURSE,), ((95000, None),)),
        DemoTicket("lunch-seat", in_four("Plass i matpakkerommet", "Plass i matpakkerommet", "Seat in the lunch room", "Vieta pusdienu telpā"), NONE, (Kind.LUNCH,), ((0, None),)),
    ),
    school_places=90,
    schools=VILVITE_SCHOOLS,
    people=DemoPeople(
        ("Kari", "Ola", "Ingrid", "Lars", "Åse", "Bjørn", "Marit", "Øystein", "Solveig", "Erik", "Nora", "Jānis", "Ilze"),
        ("Nordmann", "Fjellheim", "Sæther", "Haugland", "Ås", "Vik", "Øvrebø", "Bērziņa", "Kalniņš", "Solberg", "Lie"),
        "+4790000000",
    ),
    contest=of_contests.VILVITE_CONTEST,
    payments=DemoPayments(
        over=10_000,
        under=30_000,
        credited=22_000,
        credited_since="To elever færre enn telt opp",
        lost_since="Resten koster mer å kreve inn enn den er verdt",
        stranger=DemoPayment(123_400, "Ola Nordmann", kid="123456789012347"),
        abroad=DemoPayment(50_000, "Visitor AB", words="visit", currency="SEK"),
    ),
    partners=(
        DemoPartner("Fjordkraftlaget", "https://example.org/fjordkraftlaget"),
        DemoPartner("Havbyen kommune", "https://example.org/havbyen"),
        DemoPartner("Vestland sparebank"),
        DemoPartner("Stiftelsen Nysgjerrig", "https://example.org/nysgjerrig"),
        DemoPartner("Universitetet ved fjorden", "https://example.org/universitetet"),
    ),
)  # fmt: skip
