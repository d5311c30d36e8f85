"""The contests: robots of teams at VilVite, inventions of young persons at VIZIUM. Names are made up."""

from __future__ import annotations

from booking.catalogue.models import Kind
from booking.contests.models import AnswerKind, Contestants
from booking.demo.centres import DemoActivity, DemoTicket
from booking.demo.events.entrants import DemoContest, DemoEntry, DemoQuestion
from booking.demo.texts import in_four, in_two

YES = AnswerKind.YES
FOODS = in_four(
    "Ingen; Vegetar; Halal; Uten gluten; Uten melk",
    "Inga; Vegetar; Halal; Utan gluten; Utan mjølk",
    "None; Vegetarian; Halal; No gluten; No milk",
    "Nav; Veģetārs; Halāl; Bez glutēna; Bez piena",
)

FJORDBOT = DemoActivity(
    "fjordbotcupen", Kind.CONTEST, in_four("Fjordbotcupen", "Fjordbotcupen", "The Fjordbot Cup", "Fjordbotu kauss"), 360, 70, "lunch-room",
    in_four(
        "Lag på fire til ti bygger og programmerer en robot som rydder fjorden for plast. Én billett gjelder hele laget.",
        "Lag på fire til ti byggjer og programmerer ein robot som ryddar fjorden for plast. Éin billett gjeld heile laget.",
        "Teams of four to ten build and program a robot that clears the fjord of plastic. One ticket is for the whole team.",
        "Komandas no četriem līdz desmit dalībniekiem būvē un programmē robotu, kas attīra fjordu no plastmasas. Viena biļete ir visai komandai.",
    ),
    turnaround_minutes=0,
)  # fmt: skip
FJORDBOT_TICKET = DemoTicket(
    "fjordbot-team",
    in_four("Lag", "Lag", "Team", "Komanda"),
    in_four(
        "4–10 deltakere. Voksne som følger laget, løser vanlig inngang.",
        "4–10 deltakarar. Vaksne som følgjer laget, løyser vanleg inngang.",
        "4–10 participants. Adults who come along buy ordinary entry.",
        "4–10 dalībnieki. Pieaugušie pavadoņi pērk parasto ieeju.",
    ),
    (),
    ((0, None),),
    places=10,
    brings_adult=True,
    vat_rate=0,
    activities=("fjordbotcupen",),
)


def _team(name: str, coach: str, school: str, computers: int, photos: bool, *members: str, food: str = "") -> DemoEntry:
    """A team whose first member eats something special, where that is said; the others have nothing to say."""
    people = [
        (member, 2011 + place % 4, {"food": food} if food and place == 0 else {})
        for place, member in enumerate(members)
    ]
    return DemoEntry(name, coach, people, {"school": school, "computers": computers, "photos": photos, "consent": True})


VILVITE_CONTEST = DemoContest(
    "fjordbotcupen", "10:00", Contestants.TEAMS, (4, 10), (9, 16),
    (
        DemoQuestion("school", in_four("Skole eller klubb", "Skule eller klubb", "School or club", "Skola vai klubs")),
        DemoQuestion("computers", in_four("Hvor mange PC-er tar dere med?", "Kor mange PC-ar tek de med?", "How many computers do you bring?", "Cik datoru paņemsiet līdzi?"), AnswerKind.NUMBER, least=0, most=5, hint=in_four("Vi har to til utlån per lag.", "Vi har to til utlån per lag.", "We lend two to each team.", "Katrai komandai aizdodam divus.")),
        DemoQuestion("food", in_four("Mat", "Mat", "Food", "Ēdiens"), AnswerKind.CHOICE, of_member=True, required=False, choices=FOODS),
        DemoQuestion("photos", in_four("Dere kan vise bilder av laget på nettsidene", "De kan vise bilete av laget på nettsidene", "You may show pictures of the team on the website", "Drīkstat publicēt komandas fotogrāfijas mājaslapā"), YES, required=False),
        DemoQuestion("consent", in_four("De foresatte til alle på laget vet om påmeldingen og sier ja", "Dei føresette til alle på laget veit om påmeldinga og seier ja", "The guardians of everybody in the team know of this entry and say yes", "Visu dalībnieku vecāki zina par pieteikumu un piekrīt"), YES),
    ),
    (
        _team("Kabelkaos", "Marte Lunde", "Solbakken skole", 2, True, "Ada Fjeld", "Birk Moen", "Celine Vågen", "Dina Hauge", "Emil Sæther", "Frida Nes", food="Vegetar"),
        _team("Loddebolt United", "Jonas Eide", "Fjordgløtt skole", 1, True, "Gaute Rye", "Hedda Strand", "Ivar Bø", "Julie Aas", "Kasper Lien"),
        _team("Tannhjulene", "Randi Holm", "Havørn skole", 3, False, "Leah Tveit", "Mathias Dahl", "Nora Berge", "Oliver Myhre", "Peder Foss", "Ronja Lid", "Selma Viken"),
        _team("Bit for bit", "Håkon Vestre", "Kodeklubben Nordnes", 4, True, "Sofus Krohn", "Thea Solli", "Ulrik Kleppe", "Vilde Røed", food="Uten gluten"),
        _team("Fjordrottene", "Elin Nygård", "Fjordgløtt skole", 2, True, "William Rasmussen", "Ylva Sande", "Zara Ahmadi", "Ørjan Lekve", "Åse Mo", "Amir Haddad", food="Halal"),
        _team("Skrueløs", "Petter Aasen", "Solbakken skole", 0, False, "Brage Hole", "Dagny Ask", "Eirik Fosse", "Fatima Noor", "Guro Vik"),
    ),
)  # fmt: skip

INVENTORS = DemoActivity(
    "jaunie-izgudrotaji", Kind.CONTEST, in_two("Jaunie izgudrotāji", "Young inventors"), 180, 24, "hall",
    in_two(
        "Parādiet savu izgudrojumu, kas padara dzīvi pie jūras labāku. Piedalīties var ikviens no 8 līdz 15 gadiem.",
        "Show an invention of your own that makes life by the sea better. Open to everybody from 8 to 15.",
    ),
    turnaround_minutes=0,
)  # fmt: skip
INVENTORS_TICKET = DemoTicket(
    "inventor",
    in_two("Dalībnieks", "Participant"),
    in_two("8–15 gadi", "8–15"),
    (),
    ((0, None),),
    activities=("jaunie-izgudrotaji",),
)


def _inventor(name: str, parent: str, born: int, invention: str, power: bool = False) -> DemoEntry:
    return DemoEntry("", parent, ((name, born, {}),), {"invention": invention, "power": power, "consent": True})


VIZIUM_CONTEST = DemoContest(
    "jaunie-izgudrotaji", "12:30", Contestants.PERSONS, (1, 1), (8, 15),
    (
        DemoQuestion("invention", in_two("Kas ir jūsu izgudrojums?", "What is your invention?"), AnswerKind.TEXT, hint=in_two("Dažos teikumos.", "In a few sentences.")),
        DemoQuestion("power", in_two("Vajadzīga elektrība", "It needs electricity"), YES, required=False),
        DemoQuestion("consent", in_two("Esmu dalībnieka vecāks vai aizbildnis un piekrītu dalībai", "I am a parent or guardian of the participant and agree"), YES),
    ),
    (
        _inventor("Elza Krūmiņa", "Ilze Krūmiņa", 2014, "Boja, kas mēra ūdens temperatūru un nosūta to uz tālruni.", True),
        _inventor("Gustavs Ozols", "Jānis Ozols", 2013, "Laivas airis ar iebūvētu kompasu."),
        _inventor("Marta Liepa", "Anna Liepa", 2016, "Smilšu siets, kas atšķir mikroplastmasu."),
        _inventor("Roberts Kalniņš", "Pēteris Kalniņš", 2012, "Vēja ģenerators no vecām velosipēda daļām.", True),
        _inventor("Sofija Bērziņa", "Līga Bērziņa", 2015, "Lietussargs, kas krāj lietus ūdeni dārzam."),
        _inventor("Teodors Vītols", "Māra Vītola", 2014, "Robots, kas lasa gliemežvākus.", True),
    ),
)  # fmt: skip
