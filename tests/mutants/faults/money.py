"""Money: payments, invoices, the bank, reminders, the books."""

from __future__ import annotations

from tests.mutants.fault import Fault

FULFIL = "booking/payments/fulfil.py"
REFUNDS = "booking/payments/refunds.py"
CREDIT = "booking/invoicing/credit.py"

FAULTS = (
    Fault(
        "signature-not-read",
        "an event is believed whoever has signed it",
        "booking/web/machine/__init__.py",
        '        verify(body, request.headers.get("Stripe-Signature", ""), settings.webhook_secret)\n',
        "",
        "tests/web/test_webhook.py::test_a_body_that_stripe_did_not_sign_is_refused[sqlite]",
    ),
    Fault(
        "old-signature",
        "an event that somebody has kept for a year is believed",
        "booking/payments/stripe_checkout.py",
        "if sent_at < clock.now().timestamp() - TOLERANCE:",
        "if sent_at < 0:",
        "tests/web/test_webhook.py::test_an_old_body_sent_again_is_refused[sqlite]",
    ),
    Fault(
        "another-sum-paid",
        "a payment of another sum than the booking costs confirms it",
        FULFIL,
        "(payment.amount, payment.currency) != expected or (standing.amount, standing.currency) != expected",
        "(payment.amount, payment.currency) != expected",
        "tests/payments/test_settle.py::test_another_sum_than_asked_for_is_not_kept[sqlite]",
    ),
    Fault(
        "event-remembered-first",
        "an event is remembered before it has been worked on, so that a crash loses it",
        "booking/payments/webhook.py",
        "    if kind in SESSION_EVENTS:\n        fulfil_ref",
        '    _remember(str(event["id"]), kind)\n    if kind in SESSION_EVENTS:\n        fulfil_ref',
        "tests/web/test_webhook.py::test_an_event_that_we_could_not_work_on_is_brought_again[sqlite]",
    ),
    Fault(
        "promise-outside-the-transaction",
        "that a payment failed is written down, and its letter promised after that",
        FULFIL,
        '            promise("mail.payment_failed", f"payment_failed:{payment.id}", {"booking_id": booking.id})\n'
        "            back_to_basket(booking.id, the_centre(), now)\n",
        "            back_to_basket(booking.id, the_centre(), now)\n"
        "            db.session.commit()\n"
        '            promise("mail.payment_failed", f"payment_failed:{payment.id}", {"booking_id": booking.id})\n',
        "tests/architecture/test_house_rules.py::test_only_the_unit_of_work_commits",
    ),
    Fault(
        "money-without-places-kept",
        "money that came too late is kept",
        FULFIL,
        "        return_payment(payment, why, now)\n",
        "",
        "tests/payments/test_settle.py::test_late_money_for_places_that_are_gone_goes_back_in_full[sqlite]",
    ),
    Fault(
        "disputed-money-sent",
        "what the payer's bank holds is sent back a second time",
        REFUNDS,
        "part = min(left, 0 if payment.disputed_at is not None else payment.amount - payment.refunded)",
        "part = min(left, payment.amount - payment.refunded)",
        "tests/payments/test_disputes.py::"
        "test_of_two_payments_the_one_that_no_bank_holds_goes_back_though_the_other_came_later[sqlite]",
    ),
    Fault(
        "retried-by-the-same-name",
        "a refund that failed is tried again by the name under which the provider has refused it",
        REFUNDS,
        'refund.idempotency_key = f"{first}~{tries}"',
        "refund.idempotency_key = first",
        "tests/payments/test_refunds.py::test_a_refund_can_be_tried_again_a_hundred_times[sqlite]",
    ),
    Fault(
        "dashboard-refund-twice",
        "what was sent back in the provider's dashboard is not counted as gone",
        REFUNDS,
        "    payment.refunded += amount\n    db.session.add(refund)",
        "    db.session.add(refund)",
        "tests/payments/test_refunds.py::test_a_refund_made_at_stripe_is_in_our_books_once[sqlite]",
    ),
    Fault(
        "credited-more-than-left",
        "more is credited than is left of an invoice",
        CREDIT,
        "    if gross > of.left:\n        raise MoreThanLeft(of.left",
        "    if gross > of.invoice.payable:\n        raise MoreThanLeft(of.left",
        "tests/invoicing/test_credit_sums.py::test_less_than_nothing_and_more_than_is_left_cannot_be_credited",
    ),
    Fault(
        "credited-meanwhile",
        "two who credit at once credit twice",
        CREDIT,
        "    if of.left and of.credited != order.credited:\n        raise CreditedMeanwhile\n",
        "",
        "tests/invoicing/test_credit.py::test_the_same_press_twice_credits_once[sqlite]",
    ),
    Fault(
        "written-off-and-credited",
        "what is credited stays written off besides",
        CREDIT,
        "    recover({order.invoice_id: settled.gross}, WriteOffKind.CREDITED, actor, now)\n",
        "",
        "tests/invoicing/write_offs/test_write_off.py::"
        "test_a_credit_note_takes_of_what_is_left_first_and_then_of_what_is_written_off[sqlite]",
    ),
    Fault(
        "check-digit-of-the-others",
        "the check digit of a KID counts the wrong digits twice",
        "booking/invoicing/kid.py",
        "(int(digit) * (2 - place % 2)",
        "(int(digit) * (1 + place % 2)",
        "tests/invoicing/test_kid.py::test_the_check_digit_is_the_one_that_banks_count",
    ),
    Fault(
        "vat-by-the-part",
        "parts of an invoice that are credited one by one have more VAT than the whole",
        "booking/invoicing/document.py",
        "tax = vat_in(earlier + charged - off, vat.rate) - vat_in(earlier, vat.rate)",
        "tax = vat_in(charged - off, vat.rate)",
        "tests/invoicing/test_credit_sums.py::test_vat_of_parts_is_rounded_as_the_whole_was",
    ),
    Fault(
        "let-go-for-ever-taken-back",
        "what was let go years ago can be claimed after all",
        "booking/invoicing/let_go.py",
        "ReceivableLetGo.key == key, still)",
        "ReceivableLetGo.key == key)",
        "tests/invoicing/test_let_go.py::test_it_is_claimed_after_all_for_some_days_and_then_stays[sqlite]",
    ),
    Fault(
        "more-applied-than-open",
        "a payment of too much pays more of the invoice than is open",
        "booking/invoicing/bank/match.py",
        "applied = min(row.amount, max(left + document.written_off, 0))",
        "applied = row.amount",
        "tests/invoicing/bank/test_match.py::test_money_on_a_document_paid_before_is_too_much",
    ),
    Fault(
        "other-currency-pays",
        "a row in another currency pays an invoice",
        "booking/invoicing/bank/match.py",
        "if row.currency != self._currency or any(document.currency != row.currency for document in documents):",
        "if any(document.currency != self._currency for document in documents):",
        "tests/invoicing/bank/test_match.py::test_money_in_another_currency_is_never_matched",
    ),
    Fault(
        "taken-back-of-any-sum",
        "a reversal undoes a payment of another sum",
        "booking/invoicing/bank/by_hand.py",
        "        if (undone.amount, undone.currency) != (row.amount, row.currency):\n            raise OtherMoney\n",
        "",
        "tests/invoicing/bank/test_by_hand.py::test_what_cannot_be_is_refused_and_changes_nothing[sqlite-another sum]",
    ),
    Fault(
        "sent-twice",
        "an invoice whose answer was lost is sent again without a look",
        "booking/invoicing/sending/send.py",
        "        if ref is not None:\n            _arrived_there(ready, ref)\n            return\n"
        "        with unit_of_work():\n            begun",
        "        with unit_of_work():\n            begun",
        "tests/invoicing/sending/test_access_point.py::test_a_lost_answer_sends_nothing_twice[sqlite-hang-True]",
    ),
    Fault(
        "credited-goes-out",
        "an invoice goes out although all of it is credited",
        "booking/invoicing/sending/send.py",
        "    if ready.credited_whole:\n        return _stop(ready, D.KEPT_BACK, WhyPerson.CREDITED)\n",
        "",
        "tests/invoicing/sending/test_access_point.py::"
        "test_an_invoice_that_is_credited_before_it_goes_does_not_go[sqlite]",
    ),
    Fault(
        "reminded-in-dispute",
        "who disputes an invoice is reminded of it",
        "booking/invoicing/reminders/due.py",
        "Invoice.number.in_(among), NOBODY_HOLDS, ~had)",
        "Invoice.number.in_(among), ~had)",
        "tests/invoicing/test_reminders.py::test_what_is_disputed_waits_until_it_is_settled[sqlite]",
    ),
    Fault(
        "reminder-of-yesterday",
        "a reminder says what was open when it was promised, though it is paid since",
        "booking/invoicing/reminders/due.py",
        "if facts.document.kind is not DocumentKind.INVOICE or not facts.left:",
        "if facts.document.kind is not DocumentKind.INVOICE:",
        "tests/invoicing/test_reminders.py::test_money_that_comes_between_drafting_and_sending_is_seen[sqlite-whole]",
    ),
    Fault(
        "interest-from-the-due-day",
        "interest is claimed for the day on which it was due",
        "booking/invoicing/reminders/late.py",
        "first = max(sum_owed.since.toordinal(), rate.from_date.toordinal() - 1)",
        "first = max(sum_owed.since.toordinal() - 1, rate.from_date.toordinal() - 1)",
        "tests/invoicing/test_late.py::test_each_day_after_the_due_day_bears_interest_and_that_day_none",
    ),
    Fault(
        "voucher-says-all-again",
        "what is posted is posted again when something of it changes",
        "booking/books/journal.py",
        "rest.append(VoucherLine(key, amount - before, vat - vat_before))",
        "rest.append(VoucherLine(key, amount, vat))",
        "tests/books/test_posting.py::"
        "test_money_promised_back_is_owed_until_it_has_gone_and_takes_its_vat_along[sqlite]",
    ),
    Fault(
        "month-closed-on-its-last-day",
        "a month is closed before its last day is over",
        "booking/books/closing.py",
        "if last_of(month) >= centre.local(now).date():",
        "if last_of(month) > centre.local(now).date():",
        "tests/books/test_closing.py::test_a_month_is_closed_once_and_when_it_is_over[sqlite]",
    ),
    Fault(
        "vat-rounded-down",
        "VAT is cut off where it should be rounded",
        "booking/kernel/money.py",
        "return (2 * gross * rate + 10_000 + rate) // (2 * (10_000 + rate))",
        "return gross * rate // (10_000 + rate)",
        "tests/kernel/test_money.py::test_vat_is_what_is_in_the_gross_rounded_half_up",
    ),
    Fault(
        "share-lost-in-rounding",
        "what is left over by rounding goes to nobody",
        "booking/kernel/money.py",
        "    for n in by_remainder[: minor - sum(parts)]:\n        parts[n] += 1\n",
        "",
        "tests/invoicing/test_credit_sums.py::test_a_sum_is_spread_over_the_ways_of_taxing_as_the_invoice_is",
    ),
)
