"""A column that comes later cannot be forgotten about; no row goes that another stands on; pages say what is done."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from booking import tables
from booking.bookings.forgetting import BASKETS_KEPT, CONTACT_KEPT
from booking.contests.forgetting import ENTRIES_KEPT
from booking.kernel import clock
from booking.kernel.database import Model
from booking.kernel.forgetting import Clear, Forgetting, Reckoned, Remove
from booking.newsletter.forgetting import UNANSWERED_KEPT
from booking.running import forgetting
from tests.builders import a_centre
from tests.kept_texts import texts_of


def removed() -> Iterator[tuple[Forgetting, Remove]]:
    """Those that take whole rows away."""
    for entry in forgetting.FORGETTINGS:
        if isinstance(entry.forget, Remove):
            yield entry, entry.forget


@pytest.mark.parametrize(("entry", "remove"), list(removed()), ids=lambda entry: getattr(entry, "name", ""))
def test_no_row_goes_that_another_may_stand_on(app: Flask, entry: Forgetting, remove: Remove) -> None:
    """By every foreign key of the schema: it cascades, is emptied, goes first, or is asked about."""
    assert isinstance(entry.over, Reckoned)
    table = remove.key.class_.__table__
    first = {column.class_.__table__ for column in remove.first}
    query = str(entry.over.query(clock.now()))
    for other in Model.metadata.sorted_tables:
        for link in other.foreign_keys:
            if link.column.table is table and link.ondelete is None and other not in first:
                assert f"FROM {other.name} AS " in query, f"{other.name}.{link.parent.name}"


# Columns of text that may stay for good. A new one belongs here, with a thought, or into a list of what is forgotten.
MAY_STAY = {
    # Staff, who are known to their employer.
    "account": "email name lang password_hash totp_secret",
    "passkey": "credential_id name",
    "recovery_code": "digest",
    "sign_in_count": "key",
    "staff_session": "digest public_id device",  # the latest of each account
    "heartbeat": "worker",
    "installation": "name value",
    # Facts by name; the words among them are hushed (booking/staff/forgetting.py).
    "audit_entry": "actor action subject before after",
    # The centre's own words and settings.
    "activity": "slug title summary about picture",  # whose picture it is stands under it for all to read
    "pass_kind": "title note",
    "campaign": "name activities ticket_types channels",
    "centre": "name legal_name org_number country timezone currency languages address phone email website tagline"
    " find_us brand accent logo newsletter_topics picture",
    "closure": "words closed_days",
    "contest_field": "label hint choices",
    "day_exception": "reason",
    "books_rules": "accounts codes vat dimensions confirmed",
    "closed_month": "closed_by accounts sums balances",
    "invoice_reminder": "key",
    "invoice_rules": "account bic vat_number registered_in street postcode town scheme exempt_reason exempt_code",
    "logo": "name kind",
    "consent_wording": "digest lang text",  # ours: by which words people are asked
    "news_issue": "subject topics langs frozen",
    "news_block": "words address picture",
    "material": "title lang url file_name mark",  # of a programme, for all to read
    "mail_text": "letter lang subject opening closing",
    "outreach": "needs before",
    "partner": "name website logo kind",  # organisations
    "pattern": "times",
    "picture": "mark",
    "picture_file": "name mark kind",
    "programme": "subjects aims before after brings taught_by language",  # whom it names has said yes to that
    "release": "seed",
    "reminder_step": "words",
    "school_holiday": "name municipalities",
    "slot_before": "facts draws",
    "space": "slug name",
    "ticket_type": "slug title note proof number_name number_shape covers",
    "travel": "key municipality",
    # Who has an agreement is a municipality; schools that the centre entered are no persons.
    "agreement": "payer org_number reference_pattern code secret municipality kinds",
    "school": "municipality",
    # Codes, keys and copies of titles: they open pages with nobody's name on them, or say what was bought.
    "allowance": "key holder",
    "bank_file": "message_id account",  # the centre's own account
    "bank_row": "key bank_reference currency proposals may_undo",  # numbers of invoices, digests
    "booking": "reference secret code lang currency till_receipt news_wording",
    "certificate": "mark name_mark title",
    "check_in": "mark device",
    "claim": "shared parties",
    "discount_code": "code key",  # of a campaign: they stand on posters
    "demo_session": "ref idempotency_key currency description lang return_url back_url outcome",
    "enrolment": "terms",  # numbers
    "former_time": "title",
    "annual_pass": "code secret former_code",
    "pass_order": "title lang",
    "gift_card": "code_hash last_signs sealed currency",  # a code that cannot be read; sealed until its letter goes
    "gift_card_entry": "key",
    "gift_card_order": "lang",
    "gift_card_use": "payment_key",
    "withdrawal": "lang",
    "invoiced_receivable": "key",
    "invoice_write_off": "actor reason",  # why nobody paid: the books', and goes with its invoice
    "receivable_let_go": "key payer reason",  # why a claim on a school or municipality was given up: the books'
    # Legal entities, and what they want said on invoices; an address for invoices is a unit's, not a person's.
    "invoice_payer": "key name org_number street postcode town email deliver_name common_reference",
    "line": "activity_title ticket_title",
    "journal_entry": "source",  # as "payment:12"
    "journal_source": "source mark",
    "long_work": "kind about outcome last_error",
    "outbox": "kind key about leased_by request_id",
    "outreach_visit": "municipality",
    "payer_link": "nonce digest",
    "payout": "ref once reason",  # why it was a mistake: the books'
    "payout_row": "kind ref item",
    "payment": "provider currency idempotency_key provider_ref charge_ref url",
    "refund": "currency idempotency_key provider_ref till_receipt",
    "release_share": "key",
    "release_take": "share_key",
    "release_wish": "groups_key secret reference lang",
    "ticket": "code",
    "reckoning": "by classes",  # an actor as in the log, and numbers
    "visit": "code terms price",
    "voucher": "channel",
    "visit_group": "claims",
}


def test_every_column_that_holds_text_is_forgotten_or_known_to_be_harmless() -> None:
    assert tables.__all__  # all of them are known
    emptied = {
        name for entry in forgetting.FORGETTINGS if isinstance(entry.forget, Clear) for name in entry.forget.columns
    }
    gone = {
        "booking_word", "contest_member", "ended_links", "mail_count", "waiting", "subscriber",
        "subscriber_topic", "consent", "left_mark", "visit_waiting", "sign_in_link",
        "provider_event", "failed_request", "invoice", "invoice_file", "invoice_word",
        "invoice_delivery", "delivery_step", "recipient_look_up",  # the first two go with their invoice
        "wallet_phone",  # goes with its pass
        "payment_receipt", "receipt_addition", "receipt_file",  # the last two go with their receipt
    }  # fmt: skip
    texts = {f"{table}.{column}" for table in Model.metadata.tables for column in texts_of(table)}
    known = {f"{table}.{column}" for table, columns in MAY_STAY.items() for column in columns.split()}
    unknown = {column for column in texts - emptied - known if column.split(".")[0] not in gone}
    assert sorted(unknown) == []
    assert sorted(known - texts) == []
    assert sorted(known & emptied) == []


def test_operators_read_what_the_code_does() -> None:
    rows = re.findall(r"^\| (.+) \| (\d+) \|$", Path("docs/operations.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert [(name, int(days)) for name, days in rows] == [
        (entry.name, entry.kept.days) for entry in forgetting.FORGETTINGS
    ]


def test_visitors_read_what_the_code_does(app: Flask) -> None:
    a_centre()
    page = app.test_client().get("/en/privacy").get_data(as_text=True)
    for days in (CONTACT_KEPT, BASKETS_KEPT, UNANSWERED_KEPT, ENTRIES_KEPT):
        assert f" {days.days} days" in page
