"""Who keeps each kind of promise there is."""

from __future__ import annotations

from booking.invoicing import keepers as invoicing
from booking.invoicing.sending import keepers as sending
from booking.kernel import clock
from booking.mail import keepers as mail
from booking.outbox import keepers as outbox
from booking.outbox.keepers import Keep, PromiseKeeper
from booking.outbox.models import Rank
from booking.outbox.promises import Leased
from booking.payments import keepers as payments
from booking.receipts import keepers as receipts
from booking.running import upkeep
from booking.running.steps import STEPS
from booking.settings import Settings
from booking.wallet import keepers as wallet
from booking.withdrawals import keepers as withdrawals


def _keep_house(_leased: Leased, _settings: Settings) -> None:
    upkeep.keep_house(clock.now())


KEEPERS = (
    *payments.KEEPERS,
    *receipts.KEEPERS,
    *withdrawals.KEEPERS,
    *wallet.KEEPERS,
    *invoicing.KEEPERS,
    *sending.KEEPERS,
    outbox.work(STEPS),
    PromiseKeeper("upkeep", _keep_house, Rank.BULK),
    *mail.KEEPERS,
)
KEEPS: dict[str, Keep] = {keeper.kind: keeper.keep for keeper in KEEPERS}
RANKS: dict[str, Rank] = {keeper.kind: keeper.rank for keeper in KEEPERS}
