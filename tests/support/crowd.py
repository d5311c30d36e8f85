"""A past full of visitors: a hundred thousand slots and a million bookings, made by the database itself in seconds.

Everything lies before the first slot that is there already, so it joins a loaded demo centre without a clash, and the
invariants hold: counters are the sums of the claims, money follows the bookings, tickets equal what was bought.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Engine, text

from booking.invoicing.issue import KEPT_YEARS
from booking.kernel import clock

STRETCHES, ENTRIES, DRAWN = 20, 16, 4  # half-hours of the house a day, entry times a day, half-hours that one draws on
DAY = STRETCHES + ENTRIES
HALF_HOUR, DAY_SECONDS = 1800, 86_400
OPENS = 8 * 3600
SLOTS, BOOKINGS = 100_000, 1_000_000


@dataclass(frozen=True, slots=True)
class Crowd:
    """What was made; ids run from each first to the last without a gap."""

    slots: int
    bookings: int
    first_slot: int
    first_booking: int
    begins: datetime
    ends: datetime


# What a receipt says (receipts/document.py), as much of it as the next one of its booking begins with.
LINE = """{{object}}('slot_id', 0, 'ticket_type_id', {{ticket_type}}, 'unit_price', {{price}}, 'vat_rate', 1200,
                     'quantity', {people}, 'number', {people}, 'title', 'Inngang', 'when', '', 'kind', 'Voksen')"""
BOUGHT = LINE.format(people="abs(amount) / {price}")
STANDS = LINE.format(people="CASE WHEN amount > 0 THEN amount / {price} ELSE 0 END")
RECEIPT = f"""
    {{object}}('kind', CASE WHEN amount > 0 THEN 'sale' ELSE 'refund' END, 'number', year || '-' || number,
               'on', {{day_moved}}, 'lang', 'nb', 'currency', '{{currency}}', 'amount', abs(amount), 'reference', '',
               'centre', '', 'seller', {{list}}(), 'lines', {{list}}({BOUGHT}), 'rest', 0,
               'vat', {{list}}({{object}}('rate', 1200, 'gross', abs(amount), 'tax', abs(amount) * 12 / 112)),
               'ways', {{list}}({{object}}('provider', 'demo', 'amount', abs(amount))), 'stands', {{list}}({STANDS}))
"""

# Of ten bookings one expired unbought and one was cancelled and refunded; the others came, one to four people each.
STEPS = {
    "stretches": """
        INSERT INTO slot (id, space_id, starts_at, ends_at, capacity, taken, kept, kept_taken, status, note)
        SELECT {slot} + ((n - 1) / {stretches}) * {day} + (n - 1) % {stretches} + 1, {house},
               {starts_stretch}, {ends_stretch}, {house_capacity}, 0, 0, 0, 'open', ''
        FROM {n:stretch_count}
    """,
    "entries": """
        INSERT INTO slot (id, activity_id, starts_at, ends_at, opens_at, closes_at, capacity, taken, kept, kept_taken,
                          status, note)
        SELECT {slot} + ((n - 1) / {entries}) * {day} + {stretches} + (n - 1) % {entries} + 1, {activity},
               {starts_entry}, {ends_entry}, {starts_entry_month_before}, {ends_entry}, {capacity}, 0, 0, 0, 'open', ''
        FROM {n:entry_count}
    """,
    "draws": """
        INSERT INTO draw (slot_id, on_slot_id)
        SELECT {slot} + ((n - 1) / {drawn} / {entries}) * {day} + {stretches} + (n - 1) / {drawn} % {entries} + 1,
               {slot} + ((n - 1) / {drawn} / {entries}) * {day} + (n - 1) / {drawn} % {entries} + (n - 1) % {drawn} + 1
        FROM {n:draw_count}
    """,
    "bookings": """
        INSERT INTO booking (id, reference, secret, code, state, channel, lang, currency, total, people, starts_at,
                             version, created_at, renewals, confirmed_at, cancelled_at, holder, name, email, phone,
                             search, needs)
        SELECT {booking} + n, 'Z' || {digits}, 'S' || {zeros} || {digits}, 'C' || {zeros} || {digits},
               CASE n % 10 WHEN 0 THEN 'expired' WHEN 1 THEN 'cancelled' ELSE 'confirmed' END,
               'public', 'nb', '{currency}', {price} * {people}, {people}, slot.starts_at,
               1, slot.opens_at, 0, CASE n % 10 WHEN 0 THEN NULL ELSE slot.opens_at END,
               CASE n % 10 WHEN 1 THEN slot.opens_at END, '',
               'Kari ' || n, 'kari' || substr(cast(10000000 + n % 200000 AS text), 2) || '@example.org', '',
               lower('Z' || {digits}) || ' kari ' || n, ''
        FROM {n:bookings} JOIN slot ON slot.id = {slot_of_booking}
    """,
    "lines": """
        INSERT INTO line (booking_id, slot_id, ticket_type_id, activity_title, ticket_title, quantity, admits,
                          unit_price, vat_rate)
        SELECT {booking} + n, {slot_of_booking}, {ticket_type}, '{{"nb":"Inngang"}}', '{{"nb":"Voksen"}}', {people}, 1,
               {price}, 1200
        FROM {n:bookings}
    """,
    "claims": """
        INSERT INTO claim (booking_id, slot_id, places, channel)
        SELECT {booking} + n, {slot_of_booking}, {people}, 'public' FROM {n:bookings} WHERE n % 10 > 1
    """,
    "tickets": """
        INSERT INTO ticket (booking_id, slot_id, ticket_type_id, code, admits, admitted, void)
        SELECT {booking} + n, {slot_of_booking}, {ticket_type}, 'T' || {zeros} || {digits}, {people},
               CASE WHEN n % 10 > 1 THEN {people} ELSE 0 END, n % 10 = 1
        FROM {n:bookings} WHERE n % 10 > 0
    """,
    "payments": """
        INSERT INTO payment (id, booking_id, provider, state, amount, refunded, currency, idempotency_key, provider_ref,
                             charge_ref, url, begun_at, expires_at, paid_at, looked_at)
        SELECT {payment} + n, {booking} + n, 'demo', 'paid', {price} * {people},
               CASE WHEN n % 10 = 1 THEN {price} * {people} ELSE 0 END, '{currency}', 'K' || {digits}, 'P' || {digits},
               'H' || {digits}, '', slot.opens_at, slot.opens_at, slot.opens_at,
               slot.opens_at
        FROM {n:bookings} JOIN slot ON slot.id = {slot_of_booking} WHERE n % 10 > 0
    """,
    "refunds": """
        INSERT INTO refund (payment_id, booking_id, state, amount, currency, reason, idempotency_key, provider_ref,
                            requested_at, done_at)
        SELECT {payment} + n, {booking} + n, 'done', {price} * {people}, '{currency}', 'cancel', 'R' || {digits},
               'R' || {digits}, slot.opens_at, slot.opens_at
        FROM {n:bookings} JOIN slot ON slot.id = {slot_of_booking} WHERE n % 10 = 1
    """,
    "receipts": f"""
        INSERT INTO payment_receipt (year, number, booking_id, payment_id, refund_id, version, amount, currency, on_day,
                                     issued_at, kept_until, document, digest)
        SELECT year, number, booking_id, payment_id, refund_id, 1, amount, '{{currency}}', {{day_moved}}, at,
               {{kept_until}}, cast({RECEIPT} AS text), ''
        FROM (SELECT moved.*, row_number() OVER (PARTITION BY year ORDER BY payment_id, amount DESC)
                     + (SELECT coalesce(max(number), 0) FROM payment_receipt AS given WHERE given.year = moved.year)
                     AS number
              FROM (SELECT id AS payment_id, cast(NULL AS bigint) AS refund_id, booking_id, amount, paid_at AS at,
                           {{year_paid}} AS year
                    FROM payment WHERE id > {{payment}}
                    UNION ALL
                    SELECT payment_id, id, booking_id, -amount, requested_at, {{year_back}}
                    FROM refund WHERE payment_id > {{payment}}) AS moved
              WHERE year >= {{kept_since}}) AS numbered
    """,
    "VAT of receipts": """
        INSERT INTO receipt_vat_share (receipt_id, rate, gross, tax)
        SELECT id, 1200, amount, amount * 12 / 112 FROM payment_receipt WHERE payment_id > {payment}
    """,
    "series of receipts": """
        INSERT INTO invoice_series (id, last)
        SELECT year, max(number) FROM payment_receipt WHERE year > 1 GROUP BY year
        ON CONFLICT (id) DO UPDATE SET last = excluded.last
    """,
    "outbox": """
        INSERT INTO outbox (kind, key, about, state, attempts, made_at, due_at, leased_by, done_at, last_error)
        SELECT 'mail.confirmation', 'confirmation:' || ({booking} + n), '{{"booking_id":' || ({booking} + n) || '}}',
               'done', 1, slot.opens_at, slot.opens_at, '', slot.opens_at, ''
        FROM {n:bookings} JOIN slot ON slot.id = {slot_of_booking} WHERE n % 10 > 0
    """,
    "check_ins": """
        INSERT INTO check_in (mark, booking_id, at, device, way, heads, uncounted, reason, undone_reason)
        SELECT 'M' || {zeros} || {digits}, {booking} + n, slot.starts_at, '', 'scanner', {people}, 0, '', ''
        FROM {n:bookings} JOIN slot ON slot.id = {slot_of_booking} WHERE n % 10 > 1
    """,
    "check_in_lines": """
        INSERT INTO check_in_line (check_in_id, ticket_id, heads)
        SELECT check_in.id, ticket.id, ticket.admitted
        FROM check_in JOIN ticket ON ticket.booking_id = check_in.booking_id
        WHERE check_in.booking_id > {booking} AND ticket.admitted > 0
    """,
    "names": """
        INSERT INTO booking_word (word, booking_id) SELECT 'kari', {booking} + n FROM {n:bookings}
    """,
    "numbers": """
        INSERT INTO booking_word (word, booking_id) SELECT 'z' || {digits}, {booking} + n FROM {n:bookings}
    """,
    "counters of entries": """
        UPDATE slot SET taken = sums.places
        FROM (SELECT slot_id, sum(places) AS places FROM claim WHERE slot_id > {slot} GROUP BY slot_id) AS sums
        WHERE slot.id = sums.slot_id
    """,
    "counters of stretches": """
        UPDATE slot SET taken = sums.places
        FROM (SELECT draw.on_slot_id, sum(entry.taken) AS places FROM draw JOIN slot AS entry ON entry.id = draw.slot_id
              WHERE draw.slot_id > {slot} GROUP BY draw.on_slot_id) AS sums
        WHERE slot.id = sums.on_slot_id
    """,
}


def make_crowd(engine: Engine, slots: int = SLOTS, bookings: int = BOOKINGS) -> Crowd:
    """Add a crowd to a database that has a centre with an entry, its ticket and a house; returns what was made."""
    sqlite = engine.dialect.name == "sqlite"
    days = max(slots // DAY, 1)
    with engine.connect() as connection:
        facts = connection.execute(text(_FACTS)).mappings().one()
        first = connection.execute(text("SELECT min(starts_at) FROM slot")).scalar()
    earliest = datetime.fromisoformat(str(first)) if first else datetime.now(UTC)
    ends = earliest.replace(hour=0, minute=0, second=0, microsecond=0, tzinfo=UTC)
    begins = ends - timedelta(days=days)
    each = -(-bookings // (days * ENTRIES))
    numbers = _Numbers(
        dict(facts),
        sqlite,
        begins=int(begins.timestamp()),
        each=each,
        counts={
            "stretch_count": days * STRETCHES,
            "entry_count": days * ENTRIES,
            "draw_count": days * ENTRIES * DRAWN,
            "bookings": bookings,
        },
    )
    _run([numbers.fill(step) for step in STEPS.values()], engine, sqlite)
    return Crowd(days * DAY, bookings, facts["slot"] + 1, facts["booking"] + 1, begins, ends)


_FACTS = """
SELECT
  (SELECT coalesce(max(id), 0) FROM slot) AS slot,
  (SELECT coalesce(max(id), 0) FROM booking) AS booking,
  (SELECT coalesce(max(id), 0) FROM payment) AS payment,
  (SELECT id FROM space WHERE is_house) AS house,
  (SELECT id FROM activity WHERE kind = 'admission' AND active ORDER BY sort, id LIMIT 1) AS activity,
  (SELECT min(ticket_type_id) FROM offer JOIN activity ON activity.id = offer.activity_id
   WHERE kind = 'admission') AS ticket_type,
  (SELECT currency FROM centre) AS currency
"""


class _Numbers:
    """Fills the steps' places with SQL that both databases understand."""

    def __init__(self, facts: dict[str, Any], sqlite: bool, begins: int, each: int, counts: dict[str, int]) -> None:
        self.sqlite = sqlite
        self.counts = counts
        capacity = max(60, 4 * each)
        # Bookings come in the order of their times, as they do in life: indexes then grow at their end.
        entry = f"((n - 1) / {each})"
        day, nth = f"({entry} / {ENTRIES})", f"({entry} % {ENTRIES})"
        first = begins + OPENS
        start = f"{first} + (n - 1) / {ENTRIES} * {DAY_SECONDS} + (n - 1) % {ENTRIES} * {HALF_HOUR}"
        stretch = f"{first} + (n - 1) / {STRETCHES} * {DAY_SECONDS} + (n - 1) % {STRETCHES} * {HALF_HOUR}"
        month = 30 * DAY_SECONDS
        self.words = {
            **{name: str(value) for name, value in facts.items()},
            "stretches": str(STRETCHES),
            "entries": str(ENTRIES),
            "drawn": str(DRAWN),
            "day": str(DAY),
            "capacity": str(capacity),
            "house_capacity": str(capacity * DRAWN),
            "price": "21000",
            "people": "(1 + (n - 1) % 4)",
            "digits": "substr(cast(10000000 + n AS text), 2)",
            "zeros": "'000000000000000000'",
            "slot_of_booking": f"{facts['slot']} + {day} * {DAY} + {STRETCHES} + {nth} + 1",
            "starts_stretch": self.moment(stretch),
            "ends_stretch": self.moment(f"{stretch} + {HALF_HOUR}"),
            "starts_entry": self.moment(start),
            "ends_entry": self.moment(f"{start} + {HALF_HOUR}"),
            "starts_entry_month_before": self.moment(f"{start} - {month}"),
            **self.of_receipts(),
        }

    def of_receipts(self) -> dict[str, str]:
        """How each database says days, years and JSON; only of money whose receipts are kept still there are some."""
        year, over = "extract(year FROM {} AT TIME ZONE 'UTC')", f"make_date(year + {KEPT_YEARS + 1}, 1, 1)"
        day, json = "cast(at AT TIME ZONE 'UTC' AS date)", "json_build_"
        if self.sqlite:
            year, over = "strftime('%Y', {})", f"(year + {KEPT_YEARS + 1}) || '-01-01'"
            day, json = "date(at)", "json_"
        return {
            "object": f"{json}object",
            "list": f"{json}array",
            "year_paid": f"cast({year.format('paid_at')} AS integer)",
            "year_back": f"cast({year.format('requested_at')} AS integer)",
            "day_moved": day,
            "kept_until": over,
            "kept_since": str(clock.now().year - KEPT_YEARS),
        }

    def moment(self, seconds: str) -> str:
        """Seconds since 1970 as the database keeps a moment."""
        if self.sqlite:
            return f"strftime('%Y-%m-%d %H:%M:%S.000000', {seconds}, 'unixepoch')"
        return f"to_timestamp({seconds})"

    def fill(self, step: str) -> str:
        """The step as SQL."""
        for name, count in self.counts.items():
            step = step.replace(f"{{n:{name}}}", self.series(count))
        return step.format(**self.words)

    def series(self, count: int) -> str:
        """A table of the numbers from 1 to `count`."""
        if self.sqlite:
            counting = (
                f"WITH RECURSIVE counting(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM counting WHERE n < {count})"
            )
            return f"({counting} SELECT n FROM counting) AS numbers"
        return f"generate_series(1, {count}) AS numbers(n)"


def _run(statements: list[str], engine: Engine, sqlite: bool) -> None:
    """Run everything on one connection that cares neither for the disk nor for keys that we know to be right."""
    connection = engine.raw_connection()
    try:
        cursor = connection.cursor()
        if sqlite:
            for pragma in ("synchronous=off", "foreign_keys=off", "cache_size=-400000"):
                cursor.execute(f"PRAGMA {pragma}")
        else:
            cursor.execute("SET session_replication_role = replica")
            cursor.execute("SET synchronous_commit = off")
        for statement in statements:
            cursor.execute(statement)
        if not sqlite:
            for table in ("slot", "booking", "payment"):
                cursor.execute(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), max(id)) FROM {table}")
            connection.commit()
            connection.dbapi_connection.autocommit = True  # type: ignore[union-attr]  # psycopg's own
            cursor.execute("ANALYZE")  # as autovacuum would
        else:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        cursor.close()
    finally:
        connection.invalidate()  # its settings are for nobody else
