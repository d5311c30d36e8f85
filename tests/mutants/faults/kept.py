"""What staff keep and read: the catalogue, hours and days, lists, the log, why something failed."""

from __future__ import annotations

from tests.mutants.fault import Fault

FAULTS = (
    Fault(
        "price-of-the-lowest-rank",
        "the usual price counts before that of a season",
        "booking/catalogue/queries.py",
        "return max(fitting, key=lambda price: price.rank).minor if fitting else None",
        "return min(fitting, key=lambda price: price.rank).minor if fitting else None",
        "tests/web/test_admin_rooms.py::test_a_price_valid_from_a_date_counts_from_that_date[sqlite]",
    ),
    Fault(
        "season-without-its-last-day",
        "a season ends a day early",
        "booking/centre/opening.py",
        "and (self.until_date is None or day <= self.until_date)",
        "and (self.until_date is None or day < self.until_date)",
        "tests/centre/test_opening.py::test_a_season_holds_from_its_first_to_its_last_day",
    ),
    Fault(
        "evening-of-the-next-day",
        "a moment late in the evening is written with the day of Greenwich",
        "booking/centre/wording.py",
        "return value.astimezone(self.zone).date() if isinstance(value, datetime) else value",
        "return value.date() if isinstance(value, datetime) else value",
        "tests/centre/test_wording.py::test_a_moment_late_in_the_evening_is_on_the_centres_day[sqlite]",
    ),
    Fault(
        "second-editor-wins",
        "who saves a form last overwrites what a colleague has saved meanwhile",
        "booking/records/audited_rows.py",
        "    if mark_of(before) != seen:\n        raise RowChangedMeanwhile(before)\n",
        "",
        "tests/web/test_admin_rooms.py::test_two_who_change_the_same_row_do_not_overwrite_each_other[sqlite]",
    ),
    Fault(
        "grade-too-high",
        "a programme is found by classes that are too old for it",
        "booking/programmes/search.py",
        "programme.grade_from <= filters.grade <= programme.grade_to)",
        "programme.grade_from <= filters.grade)",
        "tests/programmes/test_search.py::test_a_filter_lets_through_what_fits",
    ),
    Fault(
        "baskets-are-sales",
        "the board of the office counts baskets among what is sold",
        "booking/occupancy/days.py",
        "        sold=max(slot.taken - in_baskets, 0),\n",
        "        sold=slot.taken,\n",
        "tests/web/test_capacity.py::test_week_and_month_show_what_the_day_shows[sqlite]",
    ),
    Fault(
        "drawing-open-before-it-is-held",
        "what is drawn by lot can be booked before the lots are drawn",
        "booking/releases/openings.py",
        "return now >= self.opens_at and (self.way is ReleaseWay.FIRST_COME or self.drawn_at is not None)",
        "return now >= self.opens_at",
        "tests/wishes/test_release_day.py::test_the_worker_draws_at_the_set_time_and_then_everybody_may_book[sqlite]",
    ),
    Fault(
        "page-of-the-log-again",
        "the next page of the log begins with the last line of this one",
        "booking/history/log.py",
        "AuditEntry.id < wanted.older_than",
        "AuditEntry.id <= wanted.older_than",
        "tests/web/test_staff_log.py::test_the_log_is_read_a_page_at_a_time_with_its_filters[sqlite]",
    ),
    Fault(
        "flood-kept",
        "a flood of failures is written down whole",
        "booking/failures/keeping.py",
        "        if self.left < 1:\n            return False\n",
        "",
        "tests/web/test_failures.py::test_a_flood_is_cut_and_what_was_left_out_is_counted[sqlite]",
    ),
    Fault(
        "closed-visit-billed-by-machine",
        "a visit that we have closed some of is billed without anybody who looks at it",
        "booking/reckoning/reckon.py",
        "if visit.closed or (visit.lacks_count and now < waits_until(visit.facts, count_days())):",
        "if visit.lacks_count and now < waits_until(visit.facts, count_days()):",
        "tests/reckoning/test_counts_that_move.py::test_a_visit_that_we_closed_some_of_waits_for_a_person[sqlite]",
    ),
    Fault(
        "part-written-twice",
        "a step of a long list that is done again writes its rows twice",
        "booking/exports/parts.py",
        "        run(delete(ExportPart).where(ExportPart.work_id == work_id, ExportPart.number == number))\n"
        "        values",
        "        values",
        "tests/exports/test_parts.py::test_a_step_that_is_done_again_writes_its_part_once[sqlite]",
    ),
    Fault(
        "twice-in-a-table",
        "a row that stands twice in a table is taken in twice",
        "booking/importing/imports.py",
        "    if key in seen:\n",
        "    if key is None:\n",
        "tests/registry/test_importing.py::test_each_mistake_names_its_row_and_column[sqlite]",
    ),
    Fault(
        "import-overwrites-a-namesake",
        "a school with another number is taken for its namesake",
        "booking/registry/importing.py",
        "return None if namesake is not None and number and namesake.org_number else namesake",
        "return namesake",
        "tests/registry/test_importing.py::"
        "test_a_school_of_the_same_name_with_another_number_is_another_school[sqlite]",
    ),
    Fault(
        "report-by-utc",
        "a report counts the last hour of a day for the next",
        "booking/reports/period.py",
        "        return moment.astimezone(self.zone).date()",
        "        return moment.date()",
        "tests/reports/test_period.py::test_the_last_hour_of_a_day_is_of_that_day_whatever_greenwich_calls_it",
    ),
)
