"""How a language writes the centre's days, times and sums."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cache, lru_cache
from typing import TypeVar
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_interval, format_skeleton
from babel.lists import format_list
from babel.numbers import format_currency, format_decimal

from booking.centre.facts import CentreFacts
from booking.kernel import clock
from booking.kernel.collation import in_order
from booking.kernel.database import Texts, in_language

T = TypeVar("T")

_WORD = re.compile(r"\w+")

# Between a number and the word that it belongs to, in a date: 8. november, 2026. gada. No line ends there.
_TOGETHER = re.compile(r"(?:(?<=\d)|(?<=\d\.)) (?=[^\W\d])")

# The locale whose dates and sums the readers of a language expect.
LOCALES = {"nb": "nb_NO", "nn": "nn_NO", "en": "en_GB", "lv": "lv_LV"}

# A day in full. CLDR's skeletons would abbreviate the weekday in Norwegian.
DAYS = {"nb": "EEEE d. MMMM", "nn": "EEEE d. MMMM", "en": "EEEE d MMMM", "lv": "EEEE, d. MMMM"}

# The same with its year, and a month of a year: Latvian begins with the year (CLDR).
DAYS_OF_A_YEAR = {"lv": "EEEE, y. 'gada' d. MMMM"}
MONTHS = {"lv": "y. 'g'. LLLL"}

# A date in a column. CLDR's is a sentence in Latvian; an invoice there says 31.10.2026.
DATED = {"lv": "dd.MM.y."}

# A month within a sentence, where the language bends its name: decembrī, in December.
IN_MONTH = {
    "lv": (
        "janvārī", "februārī", "martā", "aprīlī", "maijā", "jūnijā",
        "jūlijā", "augustā", "septembrī", "oktobrī", "novembrī", "decembrī",
    ),
}  # fmt: skip

# A day in a sentence, where the language bends its names: until, from and on a day (līdz sestdienai, 31. oktobrim; no
# sestdienas, 31. oktobra; sestdien, 31. oktobrī).
_MONTHS = {
    "janvāris": ("janvārim", "janvāra"), "februāris": ("februārim", "februāra"), "marts": ("martam", "marta"),
    "aprīlis": ("aprīlim", "aprīļa"), "maijs": ("maijam", "maija"), "jūnijs": ("jūnijam", "jūnija"),
    "jūlijs": ("jūlijam", "jūlija"), "augusts": ("augustam", "augusta"), "septembris": ("septembrim", "septembra"),
    "oktobris": ("oktobrim", "oktobra"), "novembris": ("novembrim", "novembra"), "decembris": ("decembrim", "decembra"),
}  # fmt: skip
_WEEKDAYS = tuple(f"{name}diena" for name in ("pirm", "otr", "treš", "ceturt", "piekt", "sest", "svēt"))
UNTIL = {"lv": {name: until for name, (until, _) in _MONTHS.items()} | {name: f"{name}i" for name in _WEEKDAYS}}
FROM = {"lv": {name: since for name, (_, since) in _MONTHS.items()} | {name: f"{name}s" for name in _WEEKDAYS}}
ON = {
    "lv": dict(zip(_MONTHS, IN_MONTH["lv"], strict=True)) | {name: name.removesuffix("a") for name in _WEEKDAYS},
}

# Signs of currencies whose name a language writes out (CLDR: narrow).
SHORT_SIGNS = {"NOK": "kr", "SEK": "kr", "DKK": "kr"}

# Sums are divided into thousands from here on: in Latvian four digits stand together (CLDR, minimumGroupingDigits 2).
GROUPED_FROM = {"lv": 10_000}

# Where CLDR has a minus sign; Babel writes a hyphen.
MINUS = {"nb": "\N{MINUS SIGN}", "nn": "\N{MINUS SIGN}"}

# Where the sign stands at the figure; elsewhere a space that never breaks parts them.
PERCENT = {"en": "%"}

# A day and a time of it, as the language says them together.
MOMENTS = {
    "nb": "{day} kl.\N{NO-BREAK SPACE}{time}",
    "nn": "{day} kl.\N{NO-BREAK SPACE}{time}",
    "en": "{day}, {time}",
    "lv": "{day}, plkst.\N{NO-BREAK SPACE}{time}",
}


@dataclass(frozen=True, slots=True)
class Wording:
    """One language at one centre. Moments are shown on the centre's wall clock."""

    lang: str
    locale: Locale
    zone: ZoneInfo
    currency: str

    @classmethod
    def of(cls, lang: str, centre: CentreFacts) -> Wording:
        """The wording of a language; English where it is unknown."""
        return cls(lang, _locale(lang), centre.zone, centre.currency)

    def words(self, texts: Texts) -> str:
        """A text of the centre's own in this language."""
        return in_language(texts, self.lang)

    def money(self, minor: int, currency: str | None = None) -> str:
        """1 234,50 kr; whole sums without decimals."""
        return self._sum(minor, currency, "" if minor % 100 == 0 else ".00")

    def amount(self, minor: int) -> str:
        """1 234,50: a sum in a column that is all of one currency, always with its decimals."""
        return self.price(Decimal(minor).scaleb(-2))

    def in_column(self, minor: int, currency: str | None = None) -> str:
        """1 200,00 kr: as `money`, with decimals always, so that they stand under each other."""
        return self._sum(minor, currency, ".00")

    def in_cell(self, minor: int, currency: str | None = None) -> str:
        """168 kr, kr 168: as `money`, in a cell of a month on a phone, where NOK 168 has no room."""
        short = self.money(minor, currency)
        for code, sign in SHORT_SIGNS.items():
            short = short.replace(code, sign)
        return short.replace("\N{NO-BREAK SPACE}", " ")

    def price(self, whole: Decimal) -> str:
        """98,2144: a price in whole currency with all its decimals, two at least."""
        places = max(2, -int(whole.as_tuple().exponent))
        pattern = f"{self._whole(abs(int(whole)))}.{'0' * places}"
        return self._signed(format_decimal(whole, pattern, locale=self.locale))

    def percent(self, rate: int) -> str:
        """A share in hundredths of a percent: 1200 is 12 %, and 12% in English."""
        sign = PERCENT.get(self.lang, "\N{NO-BREAK SPACE}%")
        return self._signed(f"{format_decimal(Decimal(rate).scaleb(-2), locale=self.locale)}{sign}")

    def decimal(self, value: float) -> str:
        """4,3: a figure with one decimal."""
        return self._signed(format_decimal(value, "0.0", locale=self.locale))

    def size(self, count: int) -> str:
        """240 kB or 1,2 MB: how much a file is to fetch."""
        if count < 1_000_000:
            return f"{max(1, round(count / 1000))}\N{NO-BREAK SPACE}kB"
        return f"{self.decimal(count / 1_000_000)}\N{NO-BREAK SPACE}MB"

    def day(self, value: date | datetime) -> str:
        """Saturday 28 November, with the year when it is far away."""
        on = self._date(value)
        far = abs(on - clock.now().date()) > timedelta(days=180)
        pattern = DAYS.get(self.lang, DAYS["en"])
        if far:
            pattern = DAYS_OF_A_YEAR.get(self.lang, f"{pattern} y")
        return _date(self.lang, on, pattern)

    def short_day(self, value: date | datetime) -> str:
        """Sat 28 Nov."""
        return _short_day(self.lang, self._date(value))

    def short_days(self, values: Iterable[date | datetime]) -> str:
        """Fri 27 Nov, Sat 28 Nov and Sun 29 Nov."""
        return self.listed([self.short_day(value) for value in values])

    def weekdays(self, bits: int) -> str:
        """A set of weekdays (bits, Monday 1) in full, as they stand in a sentence: Tuesday, Thursday."""
        names = self.locale.days["format"]["wide"]
        return ", ".join(names[n] for n in range(7) if bits >> n & 1)

    def dated(self, value: date | datetime) -> str:
        """28 Nov 2026, in tables of what is kept for years."""
        return _date(self.lang, self._date(value), DATED.get(self.lang, "medium"))

    def full_date(self, value: date | datetime) -> str:
        """28 November 2026, for what is kept for years."""
        return _date(self.lang, self._date(value), "long")

    def period(self, first: date, last: date) -> str:
        """2–27 Nov 2026, for what is kept for years."""
        return _unbroken(format_interval(first, last, "yMMMd", locale=self.locale))

    def short_period(self, first: date, last: date) -> str:
        """1 Dec – 3 Jan, of weeks that are near."""
        return _unbroken(format_interval(first, last, "MMMd", locale=self.locale))

    def month(self, value: date) -> str:
        """November 2026."""
        return _date(self.lang, value, MONTHS.get(self.lang, "LLLL y"))

    def in_month(self, value: date | datetime) -> str:
        """December, as it stands in a sentence: 4 ledige tidspunkter i desember, 4 brīvi laiki decembrī."""
        if self.lang in IN_MONTH:
            return IN_MONTH[self.lang][self._date(value).month - 1]
        return _date(self.lang, self._date(value), "MMMM")

    def short_month(self, value: date) -> str:
        """Nov, where a calendar turns to another month."""
        return _date(self.lang, value, "LLL")

    def time(self, value: datetime) -> str:
        """10:30."""
        return f"{value.astimezone(self.zone):%H:%M}"  # as CLDR's HH:mm in each of our languages, without reading it

    def moment(self, value: datetime) -> str:
        """Day and time together."""
        return MOMENTS.get(self.lang, MOMENTS["en"]).format(day=self.day(value), time=self.time(value))

    def until(self, written: str) -> str:
        """A day or moment as it stands after "until": 2026. gada 31. decembrim."""
        return self._bent(UNTIL, written)

    def from_day(self, written: str) -> str:
        """A day or moment as it stands after "from": 2026. gada 31. decembra."""
        return self._bent(FROM, written)

    def on_day(self, written: str) -> str:
        """A day or moment as what happens then says it: ceturtdien, 2026. gada 31. decembrī."""
        return self._bent(ON, written)

    def listed(self, words: Sequence[str]) -> str:
        """28, 28 and 27."""
        return str(format_list(words, locale=self.locale))

    def in_order(self, things: Iterable[T], name: Callable[[T], str] | None = None) -> list[T]:
        """The things in the order of their names, as this language sorts."""
        return in_order(things, self.lang, name)

    def _sum(self, minor: int, currency: str | None, digits: str) -> str:
        currency = currency or self.currency
        before = "¤\N{NO-BREAK SPACE}" if currency == "NOK" else "¤"
        whole = self._whole(minor // 100 if minor >= 0 else -minor // 100)
        pattern = f"{before}{whole}{digits}" if self.lang == "en" else f"{whole}{digits}\N{NO-BREAK SPACE}¤"
        return self._signed(_sum(self.lang, minor, currency, pattern))

    def _whole(self, units: int) -> str:
        """The pattern of a sum before its decimals."""
        return "#,##0" if units >= GROUPED_FROM.get(self.lang, 0) else "0"

    def _bent(self, cases: Mapping[str, Mapping[str, str]], written: str) -> str:
        names = cases.get(self.lang)
        return _WORD.sub(lambda word: names.get(word[0], word[0]), written) if names else written

    def _signed(self, written: str) -> str:
        return str(written).replace("-", MINUS.get(self.lang, "-"))

    def _date(self, value: date | datetime) -> date:
        return value.astimezone(self.zone).date() if isinstance(value, datetime) else value


# A page writes the same few days and prices again and again, and Babel reads its pattern anew each time: each is kept.
KEPT = 4096


def _unbroken(written: str) -> str:
    """A date whose lines do not end between a number and its word."""
    return _TOGETHER.sub("\N{NO-BREAK SPACE}", str(written))


@cache
def _locale(lang: str) -> Locale:
    return Locale.parse(LOCALES.get(lang, "en_GB"))


@lru_cache(KEPT)
def _date(lang: str, on: date, pattern: str) -> str:
    return _unbroken(format_date(on, pattern, locale=_locale(lang)))


@lru_cache(KEPT)
def _short_day(lang: str, on: date) -> str:
    return _unbroken(format_skeleton("MMMEd", on, locale=_locale(lang)))


@lru_cache(KEPT)
def _sum(lang: str, minor: int, currency: str, pattern: str) -> str:
    amount = Decimal(minor).scaleb(-2)
    return str(format_currency(amount, currency, pattern, locale=_locale(lang), currency_digits=False))
