"""What the public is told and sold beside entry: events, contests, pictures, the newsletter."""

from __future__ import annotations

from tests.mutants.fault import Fault

QUERIES = "booking/catalogue/queries.py"
SENDING = "booking/newsletter/sending.py"
USED_AGAIN = "booking/kernel/used_again.py"

FAULTS = (
    Fault(
        "answer-of-before-the-commit",
        "an answer is used again whatever has been committed since it was read",
        USED_AGAIN,
        "if mark != self.mark or key not in self.answers:",
        "if key not in self.answers:",
        "tests/kernel/test_used_again.py::test_what_is_used_again_is_what_would_be_read_now[sqlite]",
    ),
    Fault(
        "released-places-unseen",
        "an answer is used again though places that were kept are free for all since",
        USED_AGAIN,
        "return self.begins <= now and (self.ends is None or now < self.ends)",
        "return self.begins <= now",
        "tests/kernel/test_used_again.py::test_what_is_used_again_is_what_would_be_read_now[sqlite]",
    ),
    Fault(
        "mark-outlives-its-transaction",
        "who has waited for the network believes what was kept before",
        USED_AGAIN,
        "if known is not None and known[0] is transaction:",
        "if known is not None:",
        "tests/kernel/test_used_again.py::test_what_is_used_again_is_what_would_be_read_now[sqlite]",
    ),
    Fault(
        "evening-as-entry",
        "who has an evening alone is taken to have entry for the shows",
        QUERIES,
        "return not self.needs_admission and (self.kind is Kind.ADMISSION or self.gives_entry)",
        "return not self.needs_admission",
        "tests/bookings/test_events_alone.py::test_who_has_an_evening_alone_has_no_show_in_the_house[sqlite]",
    ),
    Fault(
        "programme-for-entry",
        "what is on a festival's programme is sold to people with entry alone",
        QUERIES,
        "return self.id == add_on.part_of",
        "return self.id == add_on.part_of or self.kind is Kind.ADMISSION",
        "tests/bookings/test_events_alone.py"
        "::test_what_is_on_a_festivals_programme_asks_for_the_festivals_ticket_and_not_for_entry[sqlite]",
    ),
    Fault(
        "evening-on-a-closed-day",
        "an evening is held on a day that staff have closed",
        "booking/capacity/planning.py",
        "elif not any(exception.on_date == day for exception in hours[1]):",
        "else:",
        "tests/capacity/test_evenings.py::test_nothing_is_held_on_a_day_that_staff_have_closed",
    ),
    Fault(
        "evening-without-a-limit",
        "an evening after closing draws on nothing, so that the house may be overfull",
        "booking/capacity/planning.py",
        "until = at(day + timedelta(days=1), time(0), zone) if habit.outside_hours else closes",
        "until = closes",
        "tests/capacity/test_evenings.py::test_an_evening_begins_after_closing_and_draws_on_stretches_of_its_own",
    ),
    Fault(
        "letter-sent-again",
        "a letter that a killed worker may have sent is sent again",
        SENDING,
        "if delivery is not NewsFate.PROMISED or state is None:",
        "if delivery is NewsFate.SENT or state is None:",
        "tests/newsletter/test_sending.py::test_a_letter_that_a_killed_worker_may_have_sent_is_not_sent_again[sqlite]",
    ),
    Fault(
        "letter-to-who-left",
        "who has left gets letters where an old copy of the list says otherwise",
        SENDING,
        "return None if row is None or left_marks.has_left(row[0]) else",
        "return None if row is None else",
        "tests/newsletter/test_sending.py::test_who_has_left_gets_nothing_also_where_an_old_copy_says_otherwise[sqlite]",
    ),
    Fault(
        "letter-while-halted",
        "letters of an issue that was halted go on going out",
        SENDING,
        "NewsFate.GOING if state is IssueState.SENDING else NewsFate.HELD",
        "NewsFate.GOING",
        "tests/newsletter/test_sending.py::test_it_can_be_halted_and_gone_on_with[sqlite]",
    ),
    Fault(
        "photo-lies-on-its-side",
        "a photo taken with the camera held upright lies on its side",
        "booking/pictures/cutting.py",
        "flat = ImageOps.exif_transpose(flat)",
        "pass",
        "tests/pictures/test_making.py::test_a_photo_stands_as_it_was_taken_however_the_camera_was_held[6]",
    ),
    Fault(
        "team-names-as-typed",
        "two teams may have names that differ in a capital or a blank alone",
        "booking/contests/enter.py",
        '"name_key": key_of_name(draft.name) if contest.is_of_teams else "",',
        '"name_key": draft.name if contest.is_of_teams else "",',
        "tests/contests/test_entering.py::test_no_two_teams_have_a_name_that_counts_as_one",
    ),
    Fault(
        "names-of-children-stay",
        "the names of who entered a contest are never forgotten",
        "booking/contests/forgetting.py",
        'forget_entries = Clear(ContestEntry.id, {"name": "", "name_key": "",',
        'forget_entries = Clear(ContestEntry.id, {"name_key": "",',
        "tests/contests/test_entering.py::test_names_go_a_month_after_the_contest_and_the_number_stays",
    ),
    Fault(
        "sheets-that-act",
        "a sheet for a class may have a program in it",
        "booking/materials/looking.py",
        "if names & DOES:",
        "if not names:",
        "tests/materials/test_checking.py::test_what_is_another_thing_or_does_something_is_refused",
    ),
    Fault(
        "sheets-months-ahead",
        "what a class needs is mailed the day it books, months ahead",
        "booking/mail/visit_reminders.py",
        "if files_since(visit.arrives_at, days, centre) <= now < visit.arrives_at:",
        "if now < visit.arrives_at:",
        "tests/mail/test_materials_mailed.py::test_the_calendar_of_one_letter",
    ),
    Fault(
        "visits-kept-unasked",
        "the contact of a visit that its teacher keeps is forgotten after 90 days all the same",
        "booking/bookings/forgetting.py",
        "return or_(Booking.forgotten_as_of.is_(None), Booking.forgotten_as_of < before)",
        "return Booking.starts_at < before",
        "tests/visits/test_keeping.py"
        "::test_a_visit_that_is_kept_loses_the_phone_in_time_and_everything_after_the_second_school_year[sqlite]",
    ),
)
