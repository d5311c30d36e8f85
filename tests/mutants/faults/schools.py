"""Classes: agreements and their allowances, visits, release days, courses, trips, what heads cost."""

from __future__ import annotations

from tests.mutants.fault import Fault

PRICES = "booking/agreements/prices.py"
PAYERS = "booking/agreements/payers.py"
VISIT_CHANGE = "booking/visits/change.py"

FAULTS = (
    Fault(
        "allowance-not-given-back",
        "a visit that is cancelled goes on using up what its agreement pays",
        VISIT_CHANGE,
        "    move_allowances(dues, (), facts.school, paying(facts), facts.year)\n"
        "    db.session.execute(delete(VisitDue)",
        "    db.session.execute(delete(VisitDue)",
        "tests/visits/test_book.py::"
        "test_a_cancelled_visit_gives_places_and_agreement_back_for_nothing_in_good_time[sqlite]",
    ),
    Fault(
        "closing-day-worked",
        "a deadline counts a day on which the centre is closed",
        "booking/agreements/deadlines.py",
        "return day.weekday() < SATURDAY and day not in closed",
        "return day.weekday() < SATURDAY",
        "tests/agreements/test_deadlines.py::test_holidays_do_not_count",
    ),
    Fault(
        "half-price-on-the-day",
        "a visit given up on its very day costs what a late one does",
        "booking/agreements/deadlines.py",
        "rule.late_percent if today < visit_on else rule.same_day_percent",
        "rule.late_percent if today <= visit_on else rule.same_day_percent",
        "tests/agreements/test_deadlines.py::test_cancelling_is_free_until_ten_working_days_before_then_half_then_full",
    ),
    Fault(
        "adult-too-few",
        "a part of so many pupils brings no free adult",
        PRICES,
        "-(-group.pupils // ratio.pupils)",
        "group.pupils // ratio.pupils",
        "tests/agreements/test_prices.py::test_one_adult_is_free_for_each_begun_eight_pupils_and_further_ones_pay",
    ),
    Fault(
        "any-grade-paid",
        "an agreement for one grade pays for all",
        PRICES,
        "    if not _among(group.grade, agreement.grades):\n        return Because.OTHER_GRADE\n",
        "",
        "tests/agreements/test_prices.py::"
        "test_an_agreement_holds_for_its_grades_dates_and_kinds_and_the_bill_says_which_it_missed",
    ),
    Fault(
        "another-bill-than-seen",
        "a teacher books at another price than the page said",
        "booking/visits/agree.py",
        "    if order.seen is not None and order.seen != owed.in_minor_units():\n"
        "        raise BillChanged(order.seen)\n",
        "",
        "tests/visits/test_book.py::test_a_price_that_nobody_has_seen_is_not_booked[sqlite]",
    ),
    Fault(
        "two-classes-in-one-session",
        "a second class comes into a session that is for one class alone",
        "booking/visits/book.py",
        "        if taken[slot_id] != mine[slot_id]:\n",
        "        if taken[slot_id] < mine[slot_id]:\n",
        "tests/visits/test_book.py::"
        "test_two_small_classes_of_two_schools_do_not_share_a_session_that_is_for_one[sqlite]",
    ),
    Fault(
        "moved-past-the-deadline",
        "a teacher moves a visit that is no longer free to cancel",
        VISIT_CHANGE,
        '    if actor == "buyer" and not standing_of(facts, booking.total, centre, now).can_move:\n'
        "        raise TooLate(facts.arrives_at)\n",
        "",
        "tests/visits/test_moving.py::test_a_visit_that_costs_something_to_give_up_is_moved_by_staff_alone[sqlite]",
    ),
    Fault(
        "fee-for-our-own-closure",
        "a school pays for giving up what we have closed",
        VISIT_CHANGE,
        "is_waived = facts.approval is Approval.ASKED or bool(closed_of(facts.booking_id))",
        "is_waived = facts.approval is Approval.ASKED",
        "tests/closures/test_visits.py::test_what_we_closed_moves_and_is_given_up_at_no_cost[sqlite]",
    ),
    Fault(
        "before-the-release",
        "what is to be released on a day is booked before it",
        "booking/visits/shares.py",
        "        if not release.is_open(now):\n            raise NotYetReleased(release)\n",
        "",
        "tests/wishes/test_release_day.py::"
        "test_before_it_opens_nobody_books_moves_or_waits_but_what_one_has_stays_ones_own[sqlite]",
    ),
    Fault(
        "past-those-in-line",
        "who comes by the page is served before those in line",
        "booking/visits/shares.py",
        "        if release.way is ReleaseWay.FIRST_COME and in_line(release.id):\n"
        "            raise OthersFirst(release)\n",
        "",
        "tests/wishes/test_release_day.py::"
        "test_first_come_is_answered_in_order_each_with_the_first_that_is_free[sqlite]",
    ),
    Fault(
        "share-not-given-back",
        "a cancelled visit goes on counting for its school on a release day",
        VISIT_CHANGE,
        "    give_back_shares(booking.id)\n",
        "",
        "tests/wishes/test_release_day.py::"
        "test_one_school_has_no_more_than_its_share_until_the_rule_ends_and_what_it_cancels_counts_no_more[sqlite]",
    ),
    Fault(
        "lots-by-name",
        "the lots of a drawing go by the reference and not by the seed",
        "booking/wishes/answering.py",
        "key=lambda row: (lot(release.seed, row.reference), row.reference)",
        "key=lambda row: row.reference",
        "tests/wishes/test_release_day.py::"
        "test_a_drawing_gives_what_it_gives_on_paper_also_when_it_is_killed_between_and_in_steps[sqlite-0]",
    ),
    Fault(
        "course-fee-for-our-own-closure",
        "who booked a course that we have closed pays a fee",
        "booking/courses/rules.py",
        "is_waived = bool(closed_of(booking_id))",
        "is_waived = False",
        "tests/closures/test_courses.py::"
        "test_giving_up_places_on_a_course_that_we_have_closed_costs_nothing_however_late[sqlite]",
    ),
    Fault(
        "given-up-place-not-told",
        "the invoice of a course hears nothing of a place that was given up",
        "booking/courses/give_up.py",
        "    note_otherwise(booking_id)\n",
        "",
        "tests/reckoning/test_places_given_up.py::"
        "test_a_place_given_up_after_the_invoice_is_proposed_to_be_credited_until_it_is[sqlite]",
    ),
    Fault(
        "offered-before-the-release",
        "a class in line is offered what is not released yet",
        "booking/visit_waiting/waiting.py",
        "return [session for session in frees if not released.closed(session.activity_id, session.starts_at, now)]",
        "return frees",
        "tests/wishes/test_release_day.py::"
        "test_who_waits_for_any_day_is_offered_nothing_that_is_not_released_yet[sqlite]",
    ),
    Fault(
        "trip-past-the-price",
        "a trip is booked at another price than the day has",
        "booking/outreach/book.py",
        "    if day.price != offered.price + way.fee:\n",
        "    if day.price is None:\n",
        "tests/visits/test_followed.py::"
        "test_what_has_changed_since_a_visit_to_a_school_was_prepared_is_not_booked_as_it_was[sqlite-a_dearer_programme-BillChanged]",
    ),
    Fault(
        "two-groups-in-one-room",
        "the planner puts two sessions into one space at once",
        "booking/planner/crowding.py",
        "            model.add(running[session.slot_id] + running[other.slot_id] <= 1)",
        "            model.add(running[session.slot_id] + running[other.slot_id] <= 2)",
        "tests/planner/test_planner.py::test_one_space_is_not_used_before_it_is_tidy",
    ),
    Fault(
        "more-at-lunch-than-seats",
        "the planner seats more than there are places",
        "booking/planner/crowding.py",
        "        if sum(people for people, _ in inside) > slot.free:\n",
        "        if len(inside) > slot.free:\n",
        "tests/planner/test_planner.py::test_the_lunch_room_is_never_too_full",
    ),
    Fault(
        "count-does-not-count",
        "a visit that was counted again is billed by the first count",
        "booking/visits/rebill.py",
        "    run(mine.values(stale=True))\n",
        "    run(mine.values(stale=False))\n",
        "tests/reckoning/test_counts_that_move.py::"
        "test_a_count_put_right_before_the_invoice_makes_the_bill_anew[sqlite]",
    ),
    Fault(
        "counted-over-by-machine",
        "what a person decided of a bill is taken back by the next count",
        "booking/visits/rebill.py",
        "update(Reckoning).where(Reckoning.visit_id == visit_id, Reckoning.decided != ReckonedBy.HAND)",
        "update(Reckoning).where(Reckoning.visit_id == visit_id)",
        "tests/reckoning/test_counts_that_move.py::"
        "test_a_person_decides_with_a_reason_and_it_stands_whatever_the_door_counts[sqlite]",
    ),
    Fault(
        "feedback-for-ever",
        "what was said of a visit can be changed for ever",
        "booking/feedback/feedback.py",
        "    if not came_on < today <= last_day(came_on):\n",
        "    if not came_on < today:\n",
        "tests/web/test_finding.py::test_what_was_said_of_a_visit_is_final_after_a_month[sqlite]",
    ),
    Fault(
        "link-outlives-its-end",
        "a teacher's link opens their visits after it was ended",
        "booking/visits/links.py",
        "return email if now < runs_out and not _was_ended(_digest(email, secret_key), made) else None",
        "return email if now < runs_out else None",
        "tests/web/test_teachers.py::test_a_link_to_ones_visits_opens_nothing_once_it_is_ended[sqlite]",
    ),
    Fault(
        "plan-for-another-visit",
        "a plan that was sealed for one visit moves another",
        "booking/web/teacher/tokens.py",
        "return (plan_from(values), version) if sealed_for == booking_id else None",
        "return plan_from(values), version",
        "tests/web/test_teachers.py::test_a_visit_is_not_moved_by_the_plan_of_another_wish_or_of_another_visit[sqlite]",
    ),
)
