"""Files that are not right are refused whole, and it is said what is wrong and where."""

from __future__ import annotations

import pytest

from booking.invoicing.bank import xml as bank_xml
from booking.invoicing.bank.file import BrokenHead, OtherAccount, OtherMessage, read_bank_file
from booking.invoicing.bank.rows import BrokenRow, RowFault
from booking.invoicing.bank.xml import BankFileTooLarge, DocumentTypeThere, NoBankFile, NotXml
from booking.kernel.file_kinds import ContentKind
from tests.invoicing.bank.files import (
    OSLO,
    OURS,
    Paid,
    Version,
    WrittenEntry,
    WrittenFile,
    a_batch,
    a_file,
)
from tests.invoicing.bank.reading import BOTH, entry, fault, read, refused


@pytest.mark.parametrize(
    ("written", "wrong"),
    [
        (entry(payments=(Paid("1,00"),), amount="1,00"), RowFault.AMOUNT),
        (entry(amount="1 000.00"), RowFault.AMOUNT),
        (entry(amount="-1.00"), RowFault.AMOUNT),
        (entry(amount="1.000"), RowFault.AMOUNT),
        (entry(amount="1e3"), RowFault.AMOUNT),
        (entry(amount="١٠٠"), RowFault.AMOUNT),
        (entry(amount="1_0"), RowFault.AMOUNT),
        (entry(amount="NaN"), RowFault.AMOUNT),
        (entry(amount="10000000000.00"), RowFault.AMOUNT),
        (entry(amount="9" * 5000), RowFault.AMOUNT),
        (entry(amount=" "), RowFault.AMOUNT),
        (entry(payments=(Paid(currency="kr"),)), RowFault.CURRENCY),
        (entry(payments=(Paid(currency=""),)), RowFault.CURRENCY),
        (entry(direction="IN"), RowFault.DIRECTION),
        (entry(direction=""), RowFault.DIRECTION),
        (entry(payments=(Paid(direction="OUT"),), amount="2970.00"), RowFault.DIRECTION),
        (entry(reversal="maybe"), RowFault.DIRECTION),
        (entry(status=""), RowFault.STATUS),
        (entry(booked_on="<Dt>2026-02-30</Dt>"), RowFault.DATE),
        (entry(booked_on="<Dt>05.11.2026</Dt>"), RowFault.DATE),
        (entry(booked_on="<Dt>0001-01-01</Dt>"), RowFault.DATE),
        (entry(booked_on="<DtTm>2026-11-05T25:00:00</DtTm>"), RowFault.DATE),
        (entry(booked_on="", value_on=""), RowFault.DATE),
        (entry(reference="9" * 36), RowFault.REFERENCE),
        (entry(payments=(Paid(kid="9" * 36),)), RowFault.REFERENCE),
        (entry(payments=(Paid("1.00"), Paid("2.00")), amount="3.01"), RowFault.SUM),
        (entry(payments=(Paid("1.00"), Paid("2.00", currency="EUR"))), RowFault.CURRENCY),
        (entry(payments=(Paid("1.00"), Paid("2.000")), amount="3.00"), RowFault.AMOUNT),
    ],
)
def test_a_broken_payment_is_named_and_nothing_is_taken(written: WrittenEntry, wrong: RowFault) -> None:
    number, what = fault(WrittenFile((entry(), entry(), written, entry())))
    assert (number in (3, 4), what) == (True, wrong)


def test_one_broken_among_thousands_is_found() -> None:
    entries = [entry(reference=str(n)) for n in range(2000)]
    entries[1233] = entry(amount="1,00")
    refusal = refused(WrittenFile(tuple(entries)).content)
    assert isinstance(refusal, BrokenRow)
    assert (refusal.number, refusal.fault, refusal.written) == (1234, RowFault.AMOUNT, "1,00")


@BOTH
def test_details_of_a_batch_without_amounts_are_refused(version: Version) -> None:
    content = a_batch(Paid("1.00"), Paid("2.00"), version=version).content
    amount = b'<Amt Ccy="NOK">2.00</Amt>'
    assert amount in content
    refusal = refused(content.replace(amount, b""))
    assert isinstance(refusal, BrokenRow) and (refusal.number, refusal.fault) == (2, RowFault.CURRENCY)


@pytest.mark.parametrize(
    ("changes", "element"),
    [
        ({"message_id": ""}, "GrpHdr/MsgId"),
        ({"message_id": "M" * 36}, "GrpHdr/MsgId"),
        ({"created_at": "yesterday"}, "GrpHdr/CreDtTm"),
        ({"created_at": "2026-11-05"}, "GrpHdr/CreDtTm"),
        ({"created_at": ""}, "GrpHdr/CreDtTm"),
        ({"account": ""}, "Ntfctn/Acct"),
    ],
)
def test_a_file_that_does_not_say_what_it_is_about_is_refused(changes: dict[str, object], element: str) -> None:
    refusal = refused(a_file(Paid(), **changes).content)
    assert isinstance(refusal, BrokenHead) and refusal.element == element


def test_a_notice_without_an_account_is_not_taken_for_the_one_before_it() -> None:
    content = a_file(Paid(), others=(a_file(Paid()),)).content
    before, _account, after = content.rpartition(b"<Acct>")
    refusal = refused(before + after.partition(b"</Acct>")[2])
    assert isinstance(refusal, BrokenHead) and refusal.element == "Ntfctn/Acct"


def test_a_file_about_others_is_refused_and_says_whose_it_is() -> None:
    refusal = refused(a_file(Paid(), account="<IBAN>LV80BANK0000435195001</IBAN>").content)
    assert isinstance(refusal, OtherAccount) and refusal.accounts == ("LV80BANK0000435195001",)


@pytest.mark.parametrize(
    ("there", "instead", "namespace"),
    [
        (b"camt.054.001.08", b"camt.054.001.04", "urn:iso:std:iso:20022:tech:xsd:camt.054.001.04"),
        (b"camt.054.001.08", b"camt.053.001.08", "urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"),
        (b"BkToCstmrDbtCdtNtfctn", b"BkToCstmrStmt", "BkToCstmrStmt"),
        (b"Document", b"Dokument", "urn:iso:std:iso:20022:tech:xsd:camt.054.001.08"),
    ],
)
def test_another_message_is_refused(there: bytes, instead: bytes, namespace: str) -> None:
    refusal = refused(a_file(Paid()).content.replace(there, instead))
    assert isinstance(refusal, OtherMessage) and refusal.namespace == namespace


@pytest.mark.parametrize("content", [b"<a/>", b"<html><body>Sorry</body></html>"])
def test_other_xml_is_another_message(content: bytes) -> None:
    refusal = refused(content)
    assert isinstance(refusal, OtherMessage) and refusal.namespace == ""


@pytest.mark.parametrize("content", [b"", b" ", b"NY000010", b"\xff\xfe", b"<", b"<?xml"])
def test_what_is_no_xml_is_refused(content: bytes) -> None:
    assert isinstance(refused(content), NotXml)


@pytest.mark.parametrize(
    ("content", "kind"),
    [(b"%PDF-1.7", ContentKind.PDF), (b"PK\x03\x04", ContentKind.ARCHIVE), (b"\x00<", ContentKind.BINARY)],
)
def test_another_kind_of_file_is_called_what_it_is(content: bytes, kind: ContentKind) -> None:
    refusal = refused(content)
    assert isinstance(refusal, NoBankFile) and refusal.kind is kind


def test_a_file_cut_short_is_refused_and_says_where() -> None:
    content = a_file(*(Paid(reference=str(n)) for n in range(2000))).content.replace(b"<Ntry>", b"\n<Ntry>")
    refusal = refused(content[:-30])
    assert isinstance(refusal, NotXml) and refusal.line == 2002


DOCUMENT_TYPES = [
    b"<!DOCTYPE Document>",
    b'<!DOCTYPE Document SYSTEM "file:///etc/hostname">',
    b'<!DOCTYPE Document [<!ENTITY kid "1">]>',
    b"<!-- a --> <?a b?>\n<!DOCTYPE Document>",
]


@pytest.mark.parametrize("declared", DOCUMENT_TYPES)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_a_document_type_is_refused_before_a_parser_sees_it(
    declared: bytes, encoding: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bank_xml, "TreeBuilder", None)
    text = a_file(Paid(), head='<?xml version="1.0"?>\n' + declared.decode()).content.decode()
    assert isinstance(refused(text.encode(encoding)), DocumentTypeThere)


@pytest.mark.parametrize("head", ["", '<?xml version="1.0"?><!-- <!DOCTYPE a> -->\n', "<?a <!DOCTYPE b> ?>", "\ufeff"])
def test_words_like_it_in_a_comment_are_none(head: str) -> None:
    assert len(read(a_file(Paid(), head=head)).rows) == 1


def test_a_document_type_further_down_is_no_xml() -> None:
    content = a_file(Paid()).content.replace(b"<GrpHdr>", b"<!DOCTYPE a><GrpHdr>")
    assert isinstance(refused(content), NotXml)


def test_an_entity_that_nobody_declared_is_no_xml() -> None:
    assert isinstance(refused(a_file(Paid()).content.replace(b"MSG-1", b"&kid;")), NotXml)


@pytest.mark.parametrize("encoding", ["utf-8", "ISO-8859-1", "windows-1252", "utf-16"])
def test_names_are_read_in_the_encoding_that_the_file_declares(encoding: str) -> None:
    text = a_file(Paid(debtor="Bærum & Østby"), head=f'<?xml version="1.0" encoding="{encoding}"?>').content.decode()
    assert read_bank_file(text.encode(encoding), OURS, OSLO).rows[0].debtor == "Bærum & Østby"


@pytest.mark.parametrize("encoding", ["utf-7", "cp037", "unicode_escape", "rot13", "nonsense"])
def test_encodings_that_no_bank_uses_are_refused(encoding: str) -> None:
    content = a_file(Paid(), head=f'<?xml version="1.0" encoding="{encoding}"?>').content
    assert isinstance(refused(content), NotXml)


def test_a_file_too_large_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    content = a_file(Paid()).content
    monkeypatch.setattr(bank_xml, "LARGEST", len(content))
    assert read_bank_file(content, OURS, OSLO).rows
    assert isinstance(refused(content + b"\n"), BankFileTooLarge)
    monkeypatch.setattr(bank_xml, "MOST_TAGS", content.count(b"<") - 1)
    assert isinstance(refused(content), BankFileTooLarge)
