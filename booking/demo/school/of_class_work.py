"""What there is for the class around some programmes of the demo centres: plain values, all invented."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from booking.demo.texts import in_four
from booking.kernel.database import Texts
from booking.materials.models import MaterialKind, MaterialMoment


@dataclass(frozen=True, slots=True)
class DemoSheet:
    """A sheet of tasks: its title, and a task a paragraph in one language."""

    title: Texts
    moment: MaterialMoment
    tasks: Mapping[str, tuple[str, ...]]
    kind: MaterialKind = MaterialKind.PDF


@dataclass(frozen=True, slots=True)
class DemoPage:
    """A page elsewhere."""

    title: Texts
    moment: MaterialMoment
    lang: str
    url: str


@dataclass(frozen=True, slots=True)
class DemoClassWork:
    """What there is around one programme."""

    slug: str
    brings: Texts
    taught_by: Texts
    sheets: tuple[DemoSheet, ...]
    pages: tuple[DemoPage, ...] = ()


BEFORE, AFTER = MaterialMoment.BEFORE, MaterialMoment.AFTER
_PAPER = in_four("Oppgaveark: Bru av ett ark papir", "Oppgåveark: Bru av eitt ark papir", "Worksheet: a bridge of one sheet of paper", "Darba lapa: tilts no vienas papīra lapas")  # fmt: skip
_ROBOT = in_four("Oppgaveark: Tegn en labyrint", "Oppgåveark: Teikn ein labyrint", "Worksheet: draw a maze", "Darba lapa: uzzīmē labirintu")  # fmt: skip
_AT_HOME = in_four("Videre i klassen: Mål og sammenlign", "Vidare i klassen: Mål og samanlikn", "Going on in class: measure and compare", "Turpinām klasē: mērām un salīdzinām")  # fmt: skip
_BRIDGE_TASKS = {
    "nb": (
        "Legg to bøker 20 cm fra hverandre. Bygg en bru over gapet av ett A4-ark. Dere får ikke bruke teip.",
        "Gjett først: Hvor mange kronestykker tåler bruen? Skriv ned tallet.",
        "Legg på en og en mynt, midt på bruen. Hva skjer rett før den gir etter?",
        "Brett arket på en ny måte og prøv igjen. Tegn den bruen som tålte mest.",
    ),
}
_ROBOT_TASKS = {
    "nb": (
        "Tegn en labyrint på rutepapir. Den skal ha én vei inn, én vei ut og minst fire svinger.",
        "Skriv beskjeder til en robot: fram, høyre, venstre. Hvor få beskjeder klarer dere dere med?",
        "Bytt med en annen gruppe, og følg beskjedene nøyaktig. Hvor gikk det galt, og hvorfor?",
    ),
    "lv": (
        "Uzzīmējiet labirintu rūtiņu lapā: viena ieeja, viena izeja un vismaz četri pagriezieni.",
        "Uzrakstiet robotam norādes: uz priekšu, pa labi, pa kreisi. Ar cik norādēm pietiek?",
        "Apmainieties ar citu grupu un precīzi izpildiet norādes. Kurā vietā robots nomaldījās, un kāpēc?",
    ),
}
_MEASURE_TASKS = {
    "nb": (
        "Velg én ting dere målte hos oss. Hvordan kan dere måle den i klasserommet?",
        "Mål tre ganger, og regn ut gjennomsnittet. Hvorfor blir ikke svarene helt like?",
        "Lag en plakat: spørsmålet, det dere gjorde, og det dere fant ut.",
    ),
    "lv": (
        "Izvēlieties kaut ko, ko mērījāt pie mums. Kā to izmērīt klasē?",
        "Izmēriet trīs reizes un aprēķiniet vidējo. Kāpēc rezultāti nav pilnīgi vienādi?",
        "Izveidojiet plakātu: jautājums, ko darījāt un ko noskaidrojāt.",
    ),
}
_STARS = in_four("Oppgaveark: Tegn stjernehimmelen", "Oppgåveark: Teikn stjernehimmelen", "Worksheet: draw the night sky", "Darba lapa: uzzīmē zvaigžņoto debesi")  # fmt: skip
_STAR_TASKS = {
    "nb": (
        "Gå ut en klar kveld, eller bruk et stjernekart. Finn Karlsvogna, og tegn de sju stjernene.",
        "Følg de to bakerste stjernene i vogna oppover. Hvilken stjerne kommer dere til?",
        "Gjett: Hvor lenge har lyset fra den stjernen reist? Skriv ned gjetningen, så finner vi svaret sammen.",
    ),
}
_AIMS = in_four("Læreplanen i naturfag", "Læreplanen i naturfag", "The science curriculum", "")
CLASS_WORK = (
    DemoClassWork(
        "bruer",
        in_four("En blyant og en linjal til hver gruppe.", "Ein blyant og ein linjal til kvar gruppe.", "A pencil and a ruler for each group.", "Katrai grupai zīmulis un lineāls."),
        in_four("Ingrid, sivilingeniør og formidler", "Ingrid, sivilingeniør og formidlar", "Ingrid, engineer and educator", "Ingrida, inženiere un pedagoģe"),
        (DemoSheet(_PAPER, BEFORE, _BRIDGE_TASKS), DemoSheet(_AT_HOME, AFTER, _MEASURE_TASKS, MaterialKind.DOCX)),
        (DemoPage(_AIMS, BEFORE, "nb", "https://www.udir.no/lk20/nat01-04"),),
    ),
    DemoClassWork(
        "roboten",
        in_four("Ingenting. Vi har roboter til alle.", "Ingenting. Vi har robotar til alle.", "Nothing. We have robots for everybody.", "Neko. Roboti pietiks visiem."),
        in_four("To av formidlerne våre", "To av formidlarane våre", "Two of our educators", "Divi mūsu pedagogi"),
        (DemoSheet(_ROBOT, BEFORE, _ROBOT_TASKS), DemoSheet(_AT_HOME, AFTER, _MEASURE_TASKS, MaterialKind.DOCX)),
    ),
    DemoClassWork(
        "mobilt-stjernerom",
        {},
        {},
        (DemoSheet(_STARS, BEFORE, _STAR_TASKS), DemoSheet(_AT_HOME, AFTER, _MEASURE_TASKS, MaterialKind.DOCX)),
    ),
    DemoClassWork(
        "robotu-darbnica",
        in_four("", "", "A pencil for each pupil.", "Katram skolēnam zīmulis."),
        in_four("", "", "Ilze, engineer and educator", "Ilze, inženiere un pedagoģe"),
        (DemoSheet(_ROBOT, BEFORE, _ROBOT_TASKS), DemoSheet(_AT_HOME, AFTER, _MEASURE_TASKS, MaterialKind.DOCX)),
        (DemoPage(in_four("", "", "Curriculum and teaching aids", "Mācību saturs un līdzekļi"), BEFORE, "lv", "https://www.skola2030.lv"),),
    ),
)  # fmt: skip
