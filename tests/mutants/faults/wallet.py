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
)
