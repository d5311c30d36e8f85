"""Files of the bank, both versions: what came in is read as it is, and a file that is not right is refused whole."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from booking.invoicing.bank.file import BankFile, read_bank_file
from booking.invoicing.bank.rows import LeftOut
from booking.invoicing.bank.xml import BankFileRefused, NotXml
from tests.invoicing.bank.files import (
    DAY,
    OSLO,
    OURS,
    OURS_IBAN,
    VERSIONS,
    Paid,
    Version,
    WrittenEntry,
    WrittenFile,
    WrittenSlip,
    a_batch,
    a_file,
    in_kroner,
)
from tests.invoicing.bank.reading import BOTH, KID, OTHER_KID, entry, read, refused, row, rows


@BOTH
def test_a_payment_is_read_with_all_that_the_bank_says(version: Version) -> None:
    file = read(a_file(Paid("2970.00", KID, words=("Takk for", "besøket")), version=version))
    assert (file.message_id, file.statement_ids, file.account, file.currency) == ("MSG-1", ("N-1",), OURS, "NOK")
    assert file.created_at == datetime(2026, 11, 5, 5, 0, tzinfo=UTC)
    (paid,) = file.rows
    assert (paid.amount, paid.currency, paid.kid, paid.references, paid.reversal) == (
        297_000,
        "NOK",
        KID,
        (KID,),
        False,
    )
    assert (paid.booked_on, paid.value_on, paid.number, paid.account) == (DAY, DAY, 1, OURS)
    assert (paid.text, paid.debtor, paid.debtor_account) == ("Takk for besøket", "Storby kommune", "15201234567")
    assert (paid.bank_reference, len(paid.key)) == ("20261104000", 64)


@BOTH
def test_a_days_batch_is_taken_apart(version: Version) -> None:
    file = read(a_batch(Paid("100.00", KID), Paid("0.50", OTHER_KID, debtor="Kari Nordmann"), version=version))
    assert [(paid.number, paid.amount, paid.kid) for paid in file.rows] == [(1, 10_000, KID), (2, 50, OTHER_KID)]
    assert [paid.debtor for paid in file.rows] == ["Storby kommune", "Kari Nordmann"]
    assert len({paid.key for paid in file.rows}) == 2


@BOTH
def test_what_came_counts_and_not_what_was_ordered_in_another_currency(version: Version) -> None:
    file = read(a_batch(Paid("117.50", KID, ordered=("10.00", "EUR")), Paid("32.50", OTHER_KID), version=version))
    assert [(paid.amount, paid.currency) for paid in file.rows] == [(11_750, "NOK"), (3_250, "NOK")]


@BOTH
def test_an_entry_without_details_is_a_row(version: Version) -> None:
    paid = read(WrittenFile((entry(payments=(Paid("75.00", bare=True),), text="Giro 75"),), version)).rows[0]
    assert (paid.amount, paid.kid, paid.text, paid.debtor) == (7500, "", "Giro 75", "")


@BOTH
def test_a_prefix_for_every_name_changes_nothing(version: Version) -> None:
    plain, marked = (read(a_file(Paid(kid=KID), version=version, prefix=prefix)) for prefix in ("", "ns2"))
    assert plain == marked


def test_noughts_in_front_of_a_kid_stay() -> None:
    assert row(Paid(kid="0000001")).kid == "0000001"


@pytest.mark.parametrize("words", [KID, f"KID {KID}", f"Faktura 10001, kid:{KID}."])
def test_a_kid_in_the_payers_own_words_is_only_a_hint(words: str) -> None:
    paid = row(Paid(words=(words,)))
    assert (paid.kid, paid.references, paid.hints) == ("", (), (KID,))


@pytest.mark.parametrize("words", ["RF2510001", "Rēķins 10001, rf2510001.", "RF2610001 RF2510001"])
def test_so_is_an_rf_reference(words: str) -> None:
    paid = row(Paid(words=(words,)))
    assert (paid.kid, paid.references, paid.hints) == ("", (), ("RF2510001",))


@pytest.mark.parametrize("words", [KID[:-1] + str((int(KID[-1]) + 1) % 10), KID + "1", "Takk"])
def test_other_digits_are_no_hint(words: str) -> None:
    assert row(Paid(words=(words,))).hints == ()


@BOTH
@pytest.mark.parametrize("name", ["RmtdAmt", "DuePyblAmt"])
def test_one_payment_for_two_invoices_is_split_where_the_parts_add_up(version: Version, name: str) -> None:
    slips = (WrittenSlip(KID, "60.00", name), WrittenSlip(OTHER_KID, "40.00", name))
    parts = rows(Paid("100.00", slips=slips), version=version)
    assert [(part.kid, part.amount, part.number) for part in parts] == [(KID, 6000, 1), (OTHER_KID, 4000, 1)]
    assert parts[0].key != parts[1].key


@pytest.mark.parametrize(
    "slips",
    [
        (WrittenSlip(KID), WrittenSlip(OTHER_KID)),
        (WrittenSlip(KID, "60.00"), WrittenSlip(OTHER_KID)),
        (WrittenSlip(KID, "60.00"), WrittenSlip(OTHER_KID, "50.00")),
        (WrittenSlip(KID, "60.00"), WrittenSlip(OTHER_KID, "40.00", currency="EUR")),
        (WrittenSlip(KID, "60.00"), WrittenSlip(OTHER_KID, "4O.00")),
        (WrittenSlip(KID, "100.00"), WrittenSlip(OTHER_KID, "0.00")),
        (WrittenSlip(KID, "120.00"), WrittenSlip(OTHER_KID, "20.00", "CdtNoteAmt")),
    ],
)
def test_where_they_do_not_all_references_stay_and_nothing_is_guessed(slips: tuple[WrittenSlip, ...]) -> None:
    paid = row(Paid("100.00", slips=slips))
    assert (paid.amount, paid.kid, paid.references) == (10_000, "", (KID, OTHER_KID))


def test_an_amount_for_something_without_reference_is_a_part_without_kid() -> None:
    parts = rows(Paid("100.00", slips=(WrittenSlip(KID, "60.00"), WrittenSlip("", "40.00"))))
    assert [(part.kid, part.amount) for part in parts] == [(KID, 6000), ("", 4000)]
    paid = row(Paid("100.00", slips=(WrittenSlip(KID, "60.00"), WrittenSlip("", "50.00"))))
    assert (paid.kid, paid.references, paid.amount) == ("", (KID,), 10_000)


def test_the_same_reference_twice_is_one() -> None:
    paid = row(Paid("100.00", slips=(WrittenSlip(KID, "60.00"), WrittenSlip(KID))))
    assert (paid.kid, paid.amount) == (KID, 10_000)


def test_what_came_in_counts_not_what_was_meant_to_be_paid() -> None:
    """Charges taken on the way, or another currency at the payer's."""
    paid = read(WrittenFile((entry(payments=(Paid("100.00", KID, currency="NOK"),), amount="95.00"),))).rows[0]
    assert (paid.amount, paid.kid) == (9500, KID)


@BOTH
def test_money_taken_back_is_a_reversal(version: Version) -> None:
    back = WrittenFile((entry(direction="DBIT", reversal="true"),), version)
    paid = read(back).rows[0]
    assert (paid.reversal, paid.amount, paid.kid) == (True, 297_000, KID)


@BOTH
@pytest.mark.parametrize(
    ("written", "why"),
    [
        (entry(direction="DBIT"), LeftOut.MONEY_OUT),
        (entry(direction="DBIT", reversal="false"), LeftOut.MONEY_OUT),
        (entry(direction="CRDT", reversal="true"), LeftOut.MONEY_OUT),  # what we paid has come back
        (entry(status="PDNG"), LeftOut.NOT_BOOKED),
        (entry(status="INFO", direction="DBIT"), LeftOut.NOT_BOOKED),
        (entry(payments=(Paid("0.00", KID),)), LeftOut.NOTHING),
        (entry(payments=(Paid("1.00"), Paid("3.00")), direction="DBIT", amount="9.00"), LeftOut.MONEY_OUT),
    ],
)  # fmt: skip
def test_what_is_not_booked_or_not_money_in_is_left_out_and_counted(
    version: Version, written: WrittenEntry, why: LeftOut
) -> None:
    file = read(WrittenFile((entry(reference="A"), written), version))
    assert (len(file.rows), file.left_out) == (1, ((why, len(written.payments)),))


def test_a_payment_that_goes_the_other_way_within_a_batch_is_left_out() -> None:
    file = read(a_batch(Paid("100.00", KID), Paid("30.00", direction="DBIT")))
    assert ([paid.amount for paid in file.rows], file.left_out) == ([10_000], ((LeftOut.MONEY_OUT, 1),))


@BOTH
def test_other_currencies_are_kept_as_they_are(version: Version) -> None:
    file = read(WrittenFile((entry(payments=(Paid("5000", KID, currency="JPY"),), amount="5000"),), version))
    assert [(paid.amount, paid.currency) for paid in file.rows] == [(5000, "JPY")]
    assert file.currency == "NOK"


@pytest.mark.parametrize("account", [OURS, OURS_IBAN, "8601.11.17947", "no93 8601 1117 947"])
@pytest.mark.parametrize(
    "written", [f"<IBAN>{OURS_IBAN}</IBAN>", f"<Othr><Id>{OURS}</Id></Othr>", "<Othr><Id>8601 11 17947</Id></Othr>"]
)
def test_our_account_is_known_however_it_is_written(account: str, written: str) -> None:
    file = read(a_file(Paid(kid=KID), account=written), account)
    assert (len(file.rows), file.account) == (1, OURS)


def test_a_latvian_account_is_known() -> None:
    file = a_file(Paid(kid="10001"), account="<IBAN>LV80BANK0000435195001</IBAN>")
    assert read(file, "lv80 BANK 0000 4351 9500 1").rows[0].account == "LV80BANK0000435195001"


def test_other_accounts_in_the_file_are_not_ours() -> None:
    theirs = a_batch(Paid("1.00"), Paid("2.00"), account="<IBAN>NO1112345678903</IBAN>")
    file = read(a_file(Paid(kid=KID), others=(theirs, a_file(Paid(kid=OTHER_KID)))))
    assert [paid.kid for paid in file.rows] == [KID, OTHER_KID]
    assert [paid.number for paid in file.rows] == [1, 4]
    assert (file.statement_ids, file.left_out) == (("N-1", "N-3"), ((LeftOut.OTHER_ACCOUNT, 2),))


@pytest.mark.parametrize(
    ("written", "moment"),
    [
        ("2026-11-05T06:00:00", datetime(2026, 11, 5, 5, tzinfo=UTC)),
        ("2026-07-05T06:00:00.123456789", datetime(2026, 7, 5, 4, tzinfo=UTC)),
        ("2026-11-05T06:00:00Z", datetime(2026, 11, 5, 6, tzinfo=UTC)),
        ("2026-11-05T06:00:00-05:00", datetime(2026, 11, 5, 11, tzinfo=UTC)),
    ],
)
def test_when_it_was_made_is_a_moment(written: str, moment: datetime) -> None:
    assert read(a_file(Paid(), created_at=written)).created_at == moment


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("<Dt>2026-11-05</Dt>", date(2026, 11, 5)),
        ("<Dt>2026-11-05+01:00</Dt>", date(2026, 11, 5)),
        ("<DtTm>2026-11-05T23:30:00+01:00</DtTm>", date(2026, 11, 5)),
        ("<DtTm>2026-11-05T23:30:00Z</DtTm>", date(2026, 11, 6)),
        ("<DtTm>2026-11-05T23:30:00</DtTm>", date(2026, 11, 5)),
        ("", DAY),  # the day of value
    ],
)
def test_the_day_is_the_one_here(written: str, day: date) -> None:
    assert read(WrittenFile((entry(booked_on=written),))).rows[0].booked_on == day


@BOTH
def test_the_same_payment_again_has_the_same_key(version: Version) -> None:
    first = a_batch(Paid("100.00", KID), Paid("100.00", KID), Paid("100.00", OTHER_KID), version=version)
    again = replace(
        first, message_id="MSG-2", version=Version.V02, account=f"<Othr><Id>{OURS}</Id></Othr>",
        entries=(entry(reference="before"), *first.entries),
    )  # fmt: skip
    keys = [paid.key for paid in read(first).rows]
    assert len(set(keys)) == 3
    assert [paid.key for paid in read(again).rows][1:] == keys


def test_another_payment_never_has_that_key() -> None:
    written = entry(reference="R")
    others = [
        entry(reference="S"),
        entry(reference="R", booked_on="<Dt>2026-11-05</Dt>"),  # banks take their numbers again
        entry(reference="R", payments=(Paid("2970.01", KID),)),
        entry(reference="R", payments=(Paid(kid=OTHER_KID),)),
        entry(reference="R", direction="DBIT", reversal="true"),
        written,
    ]
    keys = [paid.key for paid in read(WrittenFile((written, *others))).rows]
    assert len(set(keys)) == len(keys) == 7


def test_payments_without_a_reference_of_the_bank_are_not_lost_between_two_files() -> None:
    bare = WrittenFile((entry(reference=""), entry(reference="NOTPROVIDED")))
    keys = [{paid.key for paid in read(replace(bare, message_id=name)).rows} for name in ("MSG-1", "MSG-2", "MSG-1")]
    assert keys[0] == keys[2] and len(keys[0] | keys[1]) == 4


def test_the_payments_own_reference_goes_before_the_entrys() -> None:
    file = read(a_batch(Paid("1.00", reference="OWN"), Paid("2.00")))
    assert [paid.bank_reference for paid in file.rows] == ["OWN", "20261104001"]


def test_what_a_payer_wrote_is_one_line_and_not_endless() -> None:
    paid = row(Paid(words=("a\u202eb\n" * 500, "c"), debtor="N" * 500))
    assert (len(paid.text), len(paid.debtor), paid.text[:5]) == (1000, 140, "ab ab")


AMOUNTS = st.integers(1, 10**12 - 1)
NAMES = st.text(st.characters(codec="latin-1", categories=("L", "N", "P", "Zs")), max_size=140)
KIDS = st.sampled_from(["", KID, OTHER_KID, "RF18539007547034", "0000001"])
REFERENCES = st.sampled_from(["", "A1", "A2", "9" * 35])
PAYMENTS = st.builds(
    lambda amount, kid, debtor, reference: Paid(in_kroner(amount), kid, debtor=debtor, reference=reference),
    AMOUNTS, KIDS, NAMES, REFERENCES,
)  # fmt: skip
ENTRIES = st.builds(
    lambda payments, reference, back: WrittenEntry(
        tuple(payments), reference=reference, direction="DBIT" if back else "CRDT", reversal="true" if back else ""
    ),
    st.lists(PAYMENTS, min_size=1, max_size=4).filter(lambda payments: _whole(payments) < 10**12), REFERENCES,
    st.booleans(),
)  # fmt: skip


def _whole(payments: list[Paid]) -> int:
    return sum(int(paid.amount.replace(".", "")) for paid in payments)


@given(st.lists(ENTRIES, max_size=5), st.sampled_from(["", "camt"]))
@settings(max_examples=60, deadline=None)
def test_whatever_is_written_in_either_version_is_read_as_it_was(entries: list[WrittenEntry], prefix: str) -> None:
    old, new = (read(WrittenFile(tuple(entries), version, prefix=prefix)) for version in VERSIONS)
    assert old == new
    written = [
        (int(paid.amount.replace(".", "")), paid.kid, " ".join(paid.debtor.split()), bool(entry.reversal))
        for entry in entries
        for paid in entry.payments
    ]
    assert [(paid.amount, paid.kid, paid.debtor, paid.reversal) for paid in new.rows] == written
    assert len({paid.key for paid in new.rows}) == len(written)


MANGLED = a_batch(Paid("100.00", KID, words=("Tur",)), Paid("2.00", slips=(WrittenSlip(KID, "2.00"),))).content


@given(st.integers(0, len(MANGLED)), st.integers(0, 40), st.binary(max_size=12))
@settings(max_examples=300, deadline=None)
def test_a_mangled_file_is_read_or_refused_and_never_anything_else(place: int, gone: int, instead: bytes) -> None:
    content = MANGLED[:place] + instead + MANGLED[place + gone :]
    try:
        assert isinstance(read_bank_file(content, OURS, OSLO), BankFile)
    except BankFileRefused:
        pass


@given(st.integers(0, len(MANGLED) - 1))
@settings(max_examples=100, deadline=None)
def test_a_file_cut_anywhere_is_refused(place: int) -> None:
    assert isinstance(refused(MANGLED[:place]), NotXml)


@given(st.lists(st.sampled_from(MANGLED.decode().replace("<", "\n<").split("\n")), max_size=60), st.booleans())
@settings(max_examples=200, deadline=None)
def test_its_elements_in_any_order_are_read_or_refused(parts: list[str], whole: bool) -> None:
    inner = "".join(parts)
    if whole:
        inner = MANGLED.decode().replace("</Ntry>", inner + "</Ntry>", 1)
    try:
        assert isinstance(read_bank_file(inner.encode(), OURS, OSLO), BankFile)
    except BankFileRefused:
        pass
