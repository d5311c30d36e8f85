"""Browsers in which somebody has signed in before: a sealed cookie says so, nothing is kept here."""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass
from datetime import timedelta

from booking.staff.vault import Vault

KNOWN_FOR = timedelta(days=180)  # after the last sign-in there
MOST_PEOPLE = 8  # who share one browser, as at the front desk


@dataclass(frozen=True, slots=True)
class Known:
    """Whose accounts a browser is known to, the latest last: (account id, a random mark of this browser for it)."""

    marks: tuple[tuple[int, str], ...] = ()

    def of(self, account_id: int | None) -> str | None:
        """The browser's mark for this account; None where nobody has signed in to it there."""
        return dict(self.marks).get(account_id) if account_id is not None else None

    def any(self) -> str | None:
        """The mark of whoever signed in there last; None for a browser that nobody has used."""
        return self.marks[-1][1] if self.marks else None

    def with_account(self, account_id: int) -> Known:
        """As it is once this account's owner has signed in there."""
        mark = self.of(account_id) or secrets.token_hex(16)
        others = tuple(pair for pair in self.marks if pair[0] != account_id)
        return Known((*others[-(MOST_PEOPLE - 1) :], (account_id, mark)))

    def sealed(self, vault: Vault) -> str:
        """For the browser to bring back within KNOWN_FOR."""
        return vault.seal(json.dumps(["known", *([account, mark] for account, mark in self.marks)]))


def known(sealed: str, vault: Vault) -> Known:
    """What a browser brought; nothing known when it is not ours, or too old."""
    text = vault.open(sealed, int(KNOWN_FOR.total_seconds())) if sealed else None
    if text is None or not text.startswith('["known"'):
        return Known()
    return Known(tuple((int(account), str(mark)) for account, mark in json.loads(text)[1:]))
