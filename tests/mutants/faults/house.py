"""The house behind the pages: the door, letters, promises, forgetting, clocks, machines, files."""

from __future__ import annotations

from tests.mutants.fault import Fault

DOOR = "booking/door/rules.py"
ADMIT = "booking/door/admit.py"
PROMISES = "booking/outbox/promises.py"

FAULTS = (
    Fault(
        "ticket-without-end",
        "a ticket admits as many as come",
        ADMIT,
        "  AND ticket.admitted + move.heads BETWEEN 0 AND ticket.admits\n",
        "",
        "tests/door/test_counters.py::"
        "test_a_ticket_admits_what_it_says_no_fewer_than_none_and_nobody_once_it_is_void[sqlite]",
    ),
    Fault(
        "void-ticket-admits",
        "a void ticket lets somebody in",
        ADMIT,
        "  AND (move.heads < 0 OR NOT ticket.void)\n",
        "",
        "tests/door/test_counters.py::"
        "test_a_ticket_admits_what_it_says_no_fewer_than_none_and_nobody_once_it_is_void[sqlite]",
    ),
    Fault(
        "counted-meanwhile",
        "two who count a class at once count it twice",
        ADMIT,
        "    if seen is not None and any(number != seen.get(key, number) for key, number in heads_in(party).items()):\n"
        "        raise CountedMeanwhile\n",
        "",
        "tests/door/test_correct.py::test_an_admission_counted_against_what_another_desk_saw_is_refused[sqlite]",
    ),
    Fault(
        "offline-heads-lost",
        "people whom a device let in beyond their ticket are in no count",
        ADMIT,
        "    return write_admission(party, spread, how, None, left, trouble)",
        "    return write_admission(party, spread, how, None, 0, trouble)",
        "tests/door/test_admit.py::test_a_ticket_let_in_on_two_devices_while_apart_is_kept_as_trouble[sqlite]",
    ),
    Fault(
        "day-by-utc",
        "just after midnight a ticket of today is one of yesterday",
        DOOR,
        "if centre.local(ticket.starts_at).date() == today",
        "if ticket.starts_at.date() == today",
        "tests/door/test_night.py::test_a_ticket_of_half_past_midnight_is_of_the_day_that_has_begun",
    ),
    Fault(
        "count-that-adds",
        "a count of the house by staff is added to what was there, in place of replacing it",
        DOOR,
        "since = counted.at if counted else None",
        "since = None",
        "tests/door/test_board.py::"
        "test_people_in_the_house_come_by_check_in_leave_and_are_corrected_by_a_count[sqlite]",
    ),
    Fault(
        "late-without-end",
        "somebody comes in on a ticket of this morning",
        DOOR,
        "return starts_at - early <= now <= ends_at + late",
        "return starts_at - early <= now",
        "tests/door/test_admit.py::test_a_centre_may_keep_everybody_to_their_time[sqlite]",
    ),
    Fault(
        "promise-of-another",
        "a worker whose lease has run out settles what another has taken over",
        PROMISES,
        '    Promise.leased_by == bindparam("worker"),\n    Promise.attempts == bindparam("attempt"),\n',
        "",
        "tests/outbox/test_promises.py::test_who_was_too_slow_cannot_settle_what_somebody_else_has_now[sqlite]",
    ),
    Fault(
        "tried-for-ever",
        "a promise that fails is never given up",
        PROMISES,
        "    if now - leased.made_at >= GIVE_UP_AFTER:\n",
        "    if now - leased.made_at >= GIVE_UP_AFTER * 1000:\n",
        "tests/outbox/test_promises.py::test_what_failed_for_72_hours_is_buried_with_its_cause[sqlite]",
    ),
    Fault(
        "leased-for-nothing",
        "a promise that is being kept can be taken by another worker",
        PROMISES,
        '.values(due_at=bindparam("until"), leased_by',
        '.values(due_at=bindparam("now"), leased_by',
        "tests/outbox/test_promises.py::test_what_one_worker_has_the_other_does_not_get[sqlite]",
    ),
    Fault(
        "full-mailbox-for-good",
        "a mailbox that is full for the moment gets nothing any more",
        "booking/mail/sending.py",
        "if not all(code >= 500 for code in codes):",
        "if not all(code >= 400 for code in codes):",
        "tests/mail/test_sending.py::test_a_server_that_says_later_is_asked_again_later[sqlite-says1]",
    ),
    Fault(
        "sixty-letters",
        "a stranger has as many letters sent to somebody as there are kinds",
        "booking/mail/caps.py",
        "    if of_kind >= most or in_all >= most * OF_ALL_KINDS:\n",
        "    if of_kind >= most:\n",
        "tests/mail/test_caps.py::test_kinds_are_counted_apart_but_not_without_end[sqlite]",
    ),
    Fault(
        "purge-skips-a-table",
        "what is typed at the door is never forgotten",
        "booking/running/forgetting.py",
        "    *door.FORGETTINGS,\n",
        "",
        "tests/running/test_forgetting.py::test_95_days_after_the_last_visit_nobody_is_kept[sqlite-tickets]",
    ),
    Fault(
        "purge-skips-a-column",
        "the words by which a booking is found outlive its contact",
        "booking/bookings/forgetting.py",
        '        "search": "",\n',
        "",
        "tests/test_kept_texts.py::test_every_column_that_holds_text_is_forgotten_or_known_to_be_harmless",
    ),
    Fault(
        "paid-basket-forgotten",
        "a basket whose money came late and goes back is forgotten with those that nobody bought",
        "booking/payments/forgetting.py",
        "_HAS_MONEY = (*UNDER_WAY, PaymentState.PAID, PaymentState.RETURNED)",
        "_HAS_MONEY = (*UNDER_WAY, PaymentState.PAID)",
        "tests/running/test_forgetting.py::"
        "test_money_that_may_still_come_or_goes_back_keeps_whose_it_is[sqlite-returned]",
    ),
    Fault(
        "one-failure-stops-the-night",
        "one thing that cannot be forgotten keeps all after it",
        "booking/running/forgetting.py",
        "                self.failed[forgetting.name] = type(error).__name__\n",
        "                self.failed[forgetting.name] = type(error).__name__\n                break\n",
        "tests/running/test_forgetting.py::test_one_kind_that_fails_stops_no_other_and_is_told[sqlite]",
    ),
    Fault(
        "clock-goes-back",
        "our time goes back when the machine's clock was a little ahead",
        "booking/kernel/clock.py",
        "return max(self.ahead + uptime, self.not_before)",
        "return self.ahead + uptime",
        "tests/kernel/test_clock.py::test_small_corrections_never_put_our_time_back",
    ),
    Fault(
        "newer-schema-served",
        "an old program serves a schema that it does not know",
        "booking/machines/fitness.py",
        "    if stands.runs_from not in known:\n",
        "    if stands.runs_from is None:\n",
        "tests/machines/test_starts.py::test_this_version_refuses_a_newer_schema_that_wants_a_newer_program[sqlite]",
    ),
    Fault(
        "any-key",
        "a second machine with another key is let in",
        "booking/machines/fitness.py",
        "if stands.key and not hmac.compare_digest(stands.key, mark_of(app.secret_key)):",
        "if not stands.key and app.secret_key is None:",
        "tests/machines/test_starts.py::test_another_key_on_a_second_machine_is_refused_until_it_is_accepted[sqlite]",
    ),
    Fault(
        "formula-in-a-file",
        "somebody's name is a formula in the office's spreadsheet",
        "booking/sheets/files.py",
        'return f"\'{clean}" if _FORMULA.match(clean) else clean',
        "return clean",
        "tests/reports/test_files.py::test_no_name_becomes_a_formula_in_a_csv_file_however_it_is_opened",
    ),
    Fault(
        "export-of-everybody",
        "a file that one may not fetch is fetched by its number",
        "booking/web/admin/bookings/exports.py",
        "    if who().role not in (Role.ADMIN, *MAY_FETCH.get(source, ())):\n        abort(403)\n",
        "",
        "tests/web/test_office.py::test_the_file_of_the_log_is_the_administrators_alone[sqlite]",
    ),
    Fault(
        "calendar-by-utc",
        "a calendar file says when it is in Greenwich",
        "booking/documents/calendar_file.py",
        'event.add("dtstart", _written(appointment.starts_at, zone))',
        'event.add("dtstart", appointment.starts_at)',
        "tests/documents/test_calendar.py::"
        "test_appointments_are_right_on_both_sides_of_the_clock_change[sqlite-day0-1]",
    ),
    Fault(
        "calendar-never-changes",
        "a changed booking stays in the calendar as it was",
        "booking/documents/calendar_file.py",
        'event.add("sequence", version)',
        'event.add("sequence", 1)',
        "tests/documents/test_calendar.py::test_who_moves_gets_the_new_time_and_the_old_one_taken_away[sqlite]",
    ),
    Fault(
        "check-skips-a-question",
        "the nightly check leaves its last question out",
        "booking/running/upkeep.py",
        "    if done == total:\n",
        "    if done > total:\n",
        "tests/running/test_upkeep.py::test_a_breach_is_told[sqlite]",
    ),
)
