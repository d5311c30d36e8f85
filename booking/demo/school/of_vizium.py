"""Schools of a centre such as VIZIUM: four programmes, two municipalities that pay, one school that pays itself."""

from __future__ import annotations

from booking.agreements.models import SchoolKind
from booking.agreements.prices import Pays
from booking.bookings.details import Contact
from booking.demo.school.values import DemoLine, DemoMonth, DemoProgramme, DemoSchool, DemoSchools, DemoShow, DemoVisit
from booking.demo.texts import in_two
from booking.invoicing.models import Collective
from booking.planner.wish import Group
from booking.programmes.models import Subject

VENTSPILS, KULDIGA = "99990000107", "99990000111"
TURN = (
    "Bākas pamatskola", "Lidojošo zivju pamatskola", "Kāpu vidusskola", "Dzintarkrasta vidusskola",
    "Ķieģeļu tilta vidusskola",
)  # fmt: skip

VIZIUM_SCHOOLS = DemoSchools(
    programmes=(
        DemoProgramme(
            "udens-laboratorija",
            (1, 4),
            (Subject.SCIENCE,),
            in_two("Izpētīt, kā ūdens plūst, sasalst un iztvaiko.", "Explore how water flows, freezes and evaporates."),
        ),
        DemoProgramme(
            "robotu-darbnica",
            (4, 7),
            (Subject.MATHS, Subject.CODING),
            in_two(
                "Uzbūvēt robotu un iemācīt tam iziet labirintu.",
                "Build a robot and teach it to get through a maze.",
            ),
        ),
        DemoProgramme(
            "vejs-un-saule",
            (6, 9),
            (Subject.SCIENCE,),
            in_two(
                "Izmērīt un salīdzināt, cik daudz elektrības dod vējš un saule.",
                "Measure and compare how much electricity wind and sun give.",
            ),
        ),
        DemoProgramme(
            "molekulu-virtuve",
            (9, 12),
            (Subject.CHEMISTRY,),
            in_two(
                "Noskaidrot, kas notiek ar molekulām, kad gatavojam ēdienu.",
                "Find out what happens to molecules when we cook.",
            ),
            instant=False,
        ),
    ),
    before=in_two(
        "Pārrunājiet tematu klasē. Citi priekšdarbi nav vajadzīgi.",
        "Talk about the subject in class. No other preparation is needed.",
    ),
    after=in_two("Līdzi saņemsiet darba lapu turpmākam darbam.", "You take home a sheet of tasks to work on with."),
    rules={
        "pupil_price": 600,
        "adult_price": 600,
        "least_price": 9000,
        "pupils_per_adult": 10,
        "children_per_adult": 5,
    },
    schools=(
        DemoSchool("Bākas pamatskola", "99990000018", "Ventspils", grades=(1, 9)),
        DemoSchool("Dzintarkrasta vidusskola", "99990000022", "Ventspils", grades=(1, 12)),
        DemoSchool("Lidojošo zivju pamatskola", "99990000037", "Kuldīgas novads", "L-9999", (1, 9)),
        DemoSchool("Ķieģeļu tilta vidusskola", "99990000041", "Kuldīgas novads", "L-9999", (1, 12)),
        DemoSchool("Kāpu vidusskola", "99990000056", "Talsu novads", grades=(1, 12)),
    ),
    agreements=(
        {
            "payer": "Ventspils valstspilsētas pašvaldība",
            "org_number": VENTSPILS,
            "code": "VENTSPILS-1-12",
            "municipality": "Ventspils",
            "school_kind": SchoolKind.SCHOOL,
            "pays": Pays.ALL,
            "most_pupils": 2000,
        },
        {
            "payer": "Kuldīgas novada pašvaldība",
            "org_number": KULDIGA,
            "code": "KULDIGA-50",
            "municipality": "Kuldīgas novads",
            "school_kind": SchoolKind.SCHOOL,
            "pays": Pays.SHARE,
            "percent": 50,
        },
    ),
    payers=(
        (
            f"number:{VENTSPILS}",
            {
                "street": "Parauga laukums 2",
                "postcode": "LV-3601",
                "town": "Ventspils",
                "email": "rekini-ventspils@example.org",
                "collective": Collective.MONTH,
                "by_reference": False,
                "common_reference": "4-12/117",
            },
        ),
        (
            f"number:{KULDIGA}",
            {
                "street": "Parauga iela 12",
                "postcode": "LV-3301",
                "town": "Kuldīga",
                "email": "rekini-kuldiga@example.org",
            },
        ),
    ),
    coming=TURN,
    needs=(
        "",
        "",
        "",
        "Viens skolēns ratiņkrēslā",
        "Klasē ir alerģija pret riekstiem",
        "Līdzi būs zīmju valodas tulks",
    ),
    months=(DemoMonth(TURN, 7), DemoMonth(TURN, 9), DemoMonth(TURN, 7)),
    teacher=Contact("Anna Paraudziņa", "anna@example.org", "+37120000000"),
    order_number="PAS-",
    opinions=(
        (5, "Skolēni par to runāja visu ceļu mājup. Nodarbības vadītājs atrada īstos vārdus."),
        (5, ""),
        (4, "Laba nodarbība, bet beigās noderētu vēl desmit minūtes."),
        (5, "Paldies par pārdomāto darba lapu!"),
        (4, ""),
        (3, "Mazliet ilgi jāgaida pie ierīcēm, citādi labi."),
        (5, "Braucām jau pērn, brauksim vēl."),
        (2, "Jaunākajiem bija par grūtu."),
        (4, "Laba gaisotne un skaidri norādījumi."),
        (5, ""),
    ),
    summer=(6, 7, 8),
    class_mark=".",
    letters="abcdefgh",
    ahead=(
        DemoVisit("robotu-darbnica", "Bākas pamatskola", Group("5.a", 24, 2, 5)),
        DemoVisit("udens-laboratorija", "Bākas pamatskola", Group("3.b", 22, 2, 3), show="sovs"),
        DemoVisit("molekulu-virtuve", "Kāpu vidusskola", Group("11.b", 22, 2, 11)),
    ),
    shows=(DemoShow("sovs", (1, 9), 200),),
    exhibition=DemoVisit("", "Kāpu vidusskola", Group("8.a", 22, 3, 8)),
    lines=(DemoLine("robotu-darbnica", ((26, "peteris@example.org", "lv"),), any_day=True),),
)
