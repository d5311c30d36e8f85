"""What the pages of the demo centres' shows, workshops and events say, by their names in addresses."""

from __future__ import annotations

from booking.demo.texts import in_four, in_two
from booking.kernel.database import Texts

ABOUT: dict[str, Texts] = {
    "ild-og-is": in_four(
        "Hva er det kaldeste du har tatt på? Flytende nitrogen holder 196 minusgrader. Vi fryser ned en rose "
        "så den knuser som glass, og en ballong som krymper til ingenting og reiser seg igjen.\n\nSå snur vi: "
        "Vi tenner på det vi kan, i alle farger, og finner ut hvorfor noen flammer er grønne. Dere sitter "
        "trygt på benkene. De som vil, får kjenne på kulden etterpå.",
        "Kva er det kaldaste du har teke på? Flytande nitrogen held 196 minusgrader. Vi frys ned ei rose så "
        "ho knuser som glas, og ein ballong som krympar til ingenting og reiser seg att.\n\nSå snur vi: Vi "
        "tenner på det vi kan, i alle fargar, og finn ut kvifor nokre flammar er grøne. De sit trygt på "
        "benkene. Dei som vil, får kjenne på kulda etterpå.",
        "What is the coldest thing you have touched? Liquid nitrogen is at 196 degrees below zero. We freeze "
        "a rose until it shatters like glass, and a balloon that shrinks to nothing and rises again.\n\nThen we"
        " do the opposite: we light what can be lit, in every colour, and find out why some flames are green. You "
        "sit safely on the benches. Whoever wants may feel the cold afterwards.",
        "Kas ir aukstākais, kam esat pieskāries? Šķidrā slāpekļa temperatūra ir mīnus 196 grādi. Mēs "
        "sasaldējam rozi, līdz tā saplīst kā stikls, un balonu, kas sarūk pavisam mazs un atkal "
        "piepūšas.\n\nTad otrādi: dedzinām visu, ko drīkst dedzināt, visās krāsās, un noskaidrojam, kāpēc dažas"
        " liesmas ir zaļas. Jūs droši sēžat solos. Kas grib, pēc šova var sajust aukstumu.",
    ),
    "lyd": in_four(
        "Lyd kan ikke ses – eller? Vi drysser sand på en metallplate og stryker den med en bue. Sanden danser"
        " og legger seg i mønstre, nye for hver tone.\n\nVi knuser et glass med stemmen, hører hvordan det "
        "låter når vi puster inn helium, og lar flammer vise bassen i en sang som publikum velger.",
        "Lyd kan ikkje sjåast – eller? Vi dryssar sand på ei metallplate og stryk ho med ein boge. Sanden "
        "dansar og legg seg i mønster, nye for kvar tone.\n\nVi knuser eit glas med stemma, høyrer korleis det "
        "læt når vi pustar inn helium, og lèt flammar vise bassen i ein song som publikum vel.",
        "Sound cannot be seen – or can it? We sprinkle sand on a metal plate and stroke it with a bow. The "
        "sand dances and settles in patterns, a new one for each note.\n\nWe break a glass by voice, hear what "
        "helium does to ours, and let flames show the bass of a song that the audience chooses.",
        "Skaņu nevar redzēt – vai tomēr var? Uz metāla plāksnes uzberam smiltis un velkam pār malu ar lociņu."
        " Smiltis dejo un sakārtojas rakstos, katrai notij citā.\n\nAr balsi saplēšam glāzi, klausāmies, kā "
        "skan balss pēc hēlija ieelpošanas, un ļaujam liesmām rādīt basu dziesmā, ko izvēlas skatītāji.",
    ),
    "bobler": in_four(
        "Kan en såpeboble være firkantet? Kan et barn stå inne i en? Vi blander såpe, vann og litt til, og "
        "prøver oss fram til de største boblene vi får til under taket.\n\nShowet passer for de minste. Ta "
        "gjerne med et håndkle: På første rad kan det bli vått.",
        "Kan ei såpeboble vere firkanta? Kan eit barn stå inni ei? Vi blandar såpe, vatn og litt til, og "
        "prøver oss fram til dei største boblene vi får til under taket.\n\nShowet passar for dei minste. Ta "
        "gjerne med eit handkle: På fremste rad kan det bli vått.",
        "Can a bubble be square? Can a child stand inside one? We mix soap, water and a little more, and try "
        "for the largest bubbles that the ceiling allows.\n\nThe show suits the youngest. Bring a towel: it may"
        " get wet in the first row.",
        "Vai ziepju burbulis var būt kantains? Vai tajā var nostāties bērns? Sajaucam ziepes, ūdeni un vēl šo"
        " to un mēģinām izpūst lielākos burbuļus, kādus ļauj griesti.\n\nŠovs piemērots pašiem mazākajiem. "
        "Paņemiet dvieli: pirmajā rindā var kļūt slapjš.",
    ),
    "elektriske-oyeblikk": in_four(
        "En halv million volt slår lyn mellom to kuler, midt på scenen. Vi viser hvorfor man er trygg i en "
        "bil når det tordner, og får håret til å reise seg på en frivillig.\n\nDet smeller og blinker. Si fra i"
        " døren hvis noen i følget ikke tåler blinkende lys, så finner vi en god plass.",
        "Ein halv million volt slår lyn mellom to kuler, midt på scena. Vi viser kvifor ein er trygg i ein "
        "bil når det torar, og får håret til å reise seg på ein frivillig.\n\nDet smell og blinkar. Sei frå i "
        "døra dersom nokon i følgjet ikkje toler blinkande lys, så finn vi ein god plass.",
        "Half a million volts strike between two spheres in the middle of the stage. We show why you are safe "
        "in a car in a thunderstorm, and have the hair of a volunteer stand on end.\n\nThere are bangs and "
        "flashes. Tell us at the door if somebody with you cannot bear flashing lights, and we will find a good "
        "seat.",
        "Pusmiljons voltu met zibeni starp divām lodēm pašā skatuves vidū. Parādām, kāpēc negaisā automašīnā "
        "ir droši, un kādam brīvprātīgajam liekam matiem sacelties stāvus.\n\nSprakšķ un zib. Ja kāds no jums "
        "nepanes zibošu gaismu, pasakiet pie durvīm, un atradīsim piemērotu vietu.",
    ),
    "luft": in_four(
        "Vi går rundt på bunnen av et hav av luft uten å merke det. I dette showet merkes det: Vi suger "
        "luften ut av et oljefat og ser det bli klemt flatt, løfter et menneske med en støvsuger og skyter "
        "med en kanon av røykringer.\n\nVi trenger to frivillige som tør.",
        "Vi går rundt på botnen av eit hav av luft utan å merke det. I dette showet merkast det: Vi syg lufta"
        " ut av eit oljefat og ser det bli klemt flatt, løftar eit menneske med ein støvsugar og skyt med ein"
        " kanon av røykringar.\n\nVi treng to frivillige som torer.",
        "We walk on the bottom of a sea of air and never notice. In this show you do: we draw the air out "
        "of an oil drum and see it crushed, lift a person with a vacuum cleaner and shoot with a cannon of "
        "smoke rings.\n\nWe need two volunteers who dare.",
        "Mēs staigājam pa gaisa jūras dibenu un to nejūtam. Šajā šovā sajutīsim: izsūknējam gaisu no eļļas "
        "mucas un skatāmies, kā to saspiež plakanu, paceļam cilvēku ar putekļsūcēju un šaujam no dūmu "
        "gredzenu lielgabala.\n\nVajadzīgi divi drosmīgi brīvprātīgie.",
    ),
    "smell": in_four(
        "Noen kjemiske reaksjoner er stille. Ikke disse. Vi lager knallgass, spretter korker og lar en "
        "melpose bli til en ildkule – og forklarer hvor all energien kommer fra.\n\nHørselvern til barn får "
        "dere låne ved døren.",
        "Nokre kjemiske reaksjonar er stille. Ikkje desse. Vi lagar knallgass, sprett korkar og lèt ein "
        "mjølpose bli til ei eldkule – og forklarer kvar all energien kjem frå.\n\nHøyrselsvern til barn får de"
        " låne ved døra.",
        "Some chemical reactions are quiet. Not these. We make oxyhydrogen, pop corks and turn a bag of flour"
        " into a ball of fire – and explain where all the energy comes from.\n\nEar defenders for children can "
        "be borrowed at the door.",
        "Dažas ķīmiskās reakcijas ir klusas. Šīs nav. Gatavojam sprāgstošo gāzi, šaujam korķus un miltu maisu"
        " pārvēršam uguns lodē – un izskaidrojam, no kurienes rodas visa enerģija.\n\nBērniem pie durvīm var "
        "aizņemties dzirdes aizsargus.",
    ),
    "borstebot": in_four(
        "En oppvaskbørste, en liten motor og et batteri er alt som skal til. Dere kobler, limer og pynter til"
        " boten løper av gårde, og så kjører vi løp.\n\nBarn under åtte år trenger en voksen ved siden av seg; "
        "én plass holder for begge. Boten får dere med hjem.",
        "Ein oppvaskkost, ein liten motor og eit batteri er alt som skal til. De koplar, limer og pyntar til "
        "boten spring av garde, og så køyrer vi løp.\n\nBarn under åtte år treng ein vaksen ved sida av seg; "
        "éin plass held for begge. Boten får de med heim.",
        "A washing-up brush, a small motor and a battery are all it takes. You wire, glue and decorate until "
        "the bot runs off, and then we race.\n\nChildren under eight need an adult beside them; one place will "
        "do for both. The bot goes home with you.",
        "Vajag tikai trauku birsti, mazu motoru un bateriju. Jūs savienojat, līmējat un rotājat, līdz robots "
        "aizskrien, un tad rīkojam sacensības.\n\nBērniem līdz astoņu gadu vecumam blakus vajadzīgs "
        "pieaugušais; abiem pietiek ar vienu vietu. Robotu ņemsiet līdzi.",
    ),
    "lykt": in_four(
        "Dere lodder en krets med tre lysdioder, klipper ut et motiv i tynn plate og setter det hele sammen "
        "til en lykt som tåler regn.\n\nLoddebolten er varm. Vi viser hvordan man bruker den, og går rundt og "
        "hjelper.",
        "De loddar ein krins med tre lysdiodar, klipper ut eit motiv i tynn plate og set det heile saman til "
        "ei lykt som toler regn.\n\nLoddebolten er varm. Vi viser korleis ein bruker han, og går rundt og "
        "hjelper.",
        "You solder a circuit with three diodes, cut a picture from thin sheet metal and put it together to a"
        " lantern that withstands rain.\n\nThe iron is hot. We show how it is used, and come round to help.",
        "Jūs salodējat ķēdi ar trim gaismas diodēm, izgriežat zīmējumu plānā skārdā un saliekat laternu, kas "
        "nebaidās lietus.\n\nLodāmurs ir karsts. Parādām, kā ar to strādāt, un staigājam apkārt palīdzēt.",
    ),
    "papirfly": in_four(
        "Hvorfor flyr det ene flyet langt og det andre rett i gulvet? Dere bretter, kaster, måler og bretter "
        "om. Til slutt sendes de beste ut over galleriet.\n\nPasser for alle som kan brette et ark.",
        "Kvifor flyg det eine flyet langt og det andre rett i golvet? De brettar, kastar, måler og brettar "
        "om. Til slutt blir dei beste sende ut over galleriet.\n\nPassar for alle som kan brette eit ark.",
        "Why does one plane fly far and the other straight to the floor? You fold, throw, measure and fold "
        "again. At the end the best ones are sent out over the gallery.\n\nFor anybody who can fold a sheet of "
        "paper.",
        "Kāpēc viena lidmašīna aizlido tālu, bet otra ieduras grīdā? Jūs lokāt, metat, mērāt un lokāt no "
        "jauna. Beigās labākās palaižam pāri galerijai.\n\nDer ikvienam, kas prot salocīt papīra lapu.",
    ),
    "slim": in_four(
        "Slim er verken fast eller flytende, og det er det som er moro. Dere blander lim og salter i ulike "
        "mengder, strekker, river og noterer, og finner deres egen oppskrift.\n\nVi bruker frakker, men ta ikke"
        " på finklærne.",
        "Slim er verken fast eller flytande, og det er det som er moro. De blandar lim og salt i ulike "
        "mengder, strekkjer, riv og noterer, og finn dykkar eiga oppskrift.\n\nVi bruker frakkar, men ta ikkje "
        "på finkleda.",
        "Slime is neither solid nor liquid, and that is the fun of it. You mix glue and salts in different "
        "amounts, stretch, tear and take notes, and find a recipe of your own.\n\nWe have coats, but leave your"
        " best clothes at home.",
        "Slaims nav ne ciets, ne šķidrs, un tieši tas ir jautri. Jūs jaucat līmi un sāļus dažādās devās, "
        "staipāt, plēšat un pierakstāt, līdz atrodat savu recepti.\n\nMums ir virsvalki, bet labākās drēbes "
        "atstājiet mājās.",
    ),
    "kodeklubb": in_four(
        "Har dere aldri laget et spill før? Dere flytter klosser på en skjerm, og etter en time finnes det en"
        " figur som hopper, samler og teller poeng. Spillet kan dere åpne hjemme etterpå.\n\nTo og to deler en "
        "maskin.",
        "Har de aldri laga eit spel før? De flyttar klossar på ein skjerm, og etter ein time finst det ein "
        "figur som hoppar, samlar og tel poeng. Spelet kan de opne heime etterpå.\n\nTo og to deler ei maskin.",
        "Never made a game before? You move blocks on a screen, and after an hour there is somebody who "
        "jumps, collects and keeps the score. You can open the game at home afterwards.\n\nTwo share a machine.",
        "Vai nekad neesat veidojuši spēli? Ekrānā pārvietojat klucīšus, un pēc stundas jums ir tēls, kas lec,"
        " krāj un skaita punktus. Spēli pēc tam varēsiet atvērt mājās.\n\nPie viena datora strādā divi.",
    ),
    "mikroskop": in_four(
        "I en dråpe vann fra Store Lungegårdsvann bor det hoppekreps, alger og bjørnedyr. Dere lager "
        "preparatet selv, stiller skarpt og tegner det dere finner.\n\nDen som finner et bjørnedyr, ringer med "
        "klokken.",
        "I ein drope vatn frå Store Lungegårdsvatnet bur det hoppekreps, algar og bjørnedyr. De lagar "
        "preparatet sjølve, stiller skarpt og teiknar det de finn.\n\nDen som finn eit bjørnedyr, ringjer med "
        "klokka.",
        "In a drop of water from the lake outside live copepods, algae and water bears. You make the slide "
        "yourselves, focus, and draw what you find.\n\nWhoever finds a water bear rings the bell.",
        "Pilē ezera ūdens dzīvo airkāji, aļģes un gausēni. Jūs paši sagatavojat paraugu, noregulējat asumu un"
        " zīmējat, ko atrodat.\n\nKas ierauga gausēni, zvana zvaniņu.",
    ),
    "tornis": in_two(
        "No torņa redz ostu, jūru un visu Ventspili. Skaidrā laikā saskaitīsiet ceļamkrānus līdz pat moliem; "
        "binokļi ir uz vietas.\n\nAugšā var būt vējains, tāpēc ģērbieties silti. Uz platformu ved arī lifts.",
        "From the tower you see the port, the sea and all of Ventspils. On a clear day you can count the "
        "cranes out to the breakwaters; there are binoculars.\n\nIt may be windy up there, so dress warmly. A "
        "lift goes to the platform, too.",
    ),
    "sovs": in_two(
        "Šķidrā slāpekļa temperatūra ir mīnus 196 grādi. Tajā saldējam ziedus, balonus un putukrējumu, un "
        "daļu no tā drīkst pagaršot.\n\nPēc tam iededzam uguni dažādās krāsās un noskaidrojam, kas liesmu "
        "padara zaļu. Pirmā rinda jūt karstumu.",
        "Liquid nitrogen is at 196 degrees below zero. We freeze flowers, balloons and whipped cream in it, "
        "and some of it may be tasted.\n\nThen we light fires of many colours and find out what turns a flame "
        "green. The front row feels the heat.",
    ),
}  # fmt: skip
