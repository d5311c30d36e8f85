"""Passes in phones' wallets: what is signed, who has one."""

from __future__ import annotations

from tests.mutants.fault import Fault

FAULTS = (
    Fault(
        "pass-signs-nothing",
        "the list that is signed leaves the pass itself out, so that anybody could write another",
        "booking/wallet/apple/package.py",
        'files["manifest.json"] = manifest_of(files)',
        'files["manifest.json"] = manifest_of(pictures)',
        "tests/wallet/test_apple_pass.py::test_openssl_believes_the_signature[sqlite]",
    ),
    Fault(
        "pass-cancelled-stands",
        "the pass of a cancelled booking says that it is good",
        "booking/wallet/apple/passes.py",
        '"voided": told.cancelled,',
        '"voided": False,',
        "tests/wallet/test_apple_pass.py::test_a_cancelled_booking_is_a_pass_that_is_void[sqlite]",
    ),
    Fault(
        "pass-for-anybody",
        "a pass is given to whoever knows its reference",
        "booking/wallet/phones.py",
        "return facts if hmac.compare_digest(token.encode(), token_of(facts).encode()) else None",
        "return facts",
        "tests/wallet/test_service.py::test_without_the_token_of_the_pass_nobody_has_anything[sqlite]",
    ),
    Fault(
        "pass-tag-stands",
        "of two changes within a second a phone hears of the first alone",
        "booking/wallet/changes.py",
        "case((WalletPass.tag >= now, WalletPass.tag + 1), else_=now)",
        "case((WalletPass.tag >= now, WalletPass.tag), else_=now)",
        "tests/wallet/test_service.py::test_two_changes_within_a_second_have_two_tags[sqlite]",
    ),
    Fault(
        "google-pass-cancelled-stands",
        "the pass of a cancelled booking stays good in Google's wallet",
        "booking/wallet/google/passes.py",
        '"state": "INACTIVE" if told.cancelled else "ACTIVE",',
        '"state": "ACTIVE",',
        "tests/wallet/test_google.py::test_a_cancelled_booking_is_no_good_there[sqlite]",
    ),
    Fault(
        "google-token-each-time",
        "a token is fetched for each pass that Google is told of",
        "booking/wallet/google/client.py",
        "self._token, self._good_until = token, time.monotonic() + lives - EARLY",
        "self._token, self._good_until = token, time.monotonic() - EARLY",
        "tests/wallet/test_google.py::"
        "test_one_token_serves_many_passes_and_a_new_one_is_had_when_it_is_taken_back[sqlite]",
    ),
)
