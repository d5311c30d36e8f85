"""What befalls the house, one mishap after the other, each with dice of its own, and how it is stood up again."""

from __future__ import annotations

import signal
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random

from tests.chaos.house import House, Kept
from tests.chaos.plan import Blow, Mishap
from tests.support.stand_in import StandIn

PATIENCE = 300  # seconds for a killed house to stand again, on a machine that does other things as well
LATER = "451 4.3.0 later"


@dataclass
class Fate:
    """Deals the blows; `dealt` counts those that hit."""

    house: House
    hardest: float  # seconds that something stands still or is away, at most
    off: float  # seconds by which a clock may be off
    dealt: Counter[Mishap] = field(default_factory=Counter)

    def deal(self, blow: Blow) -> None:
        """One, until it is over and what was killed has been started again."""
        dice = Random(blow.dice)
        work: dict[Mishap, Callable[[Random], bool]] = {
            Mishap.KILL_WEB: self._kill_web,
            Mishap.KILL_ANSWERING: self._kill_answering,
            Mishap.KILL_WORKER: self._kill_worker,
            Mishap.KILL_DATABASE: self.house.store.kill,
            Mishap.FREEZE_WEB: lambda dice: self._freeze(dice.choice(self.house.webs), dice),
            Mishap.FREEZE_WORKER: lambda dice: self._freeze(self.house.worker, dice),
            Mishap.FREEZE_DATABASE: self._freeze_database,
            Mishap.STOP_DATABASE: self._stop_database,
            Mishap.PAYMENT_AWAY: self._payment_away,
            Mishap.VIPPS_AWAY: self._vipps_away,
            Mishap.MAIL_AWAY: self._mail_away,
            Mishap.WEBHOOKS: self._webhooks,
            Mishap.CLOCK: self._clock,
        }
        if work[blow.mishap](dice):
            self.dealt[blow.mishap] += 1
        self._stand_up()

    def _stand_up(self) -> None:
        """Whoever has ended is started, as whoever watches over them would."""
        for process in self.house.kept:
            if process.machine.has_ended():
                process.start(self.house.ahead)
        until = time.monotonic() + PATIENCE
        while not self.house.stands():
            for process in self.house.kept:
                if process.machine.has_ended():
                    process.start(self.house.ahead)
            if time.monotonic() > until:
                raise AssertionError(f"it does not stand again:\n{self.house.printed()[-3000:]}")
            time.sleep(0.2)

    def _kill_web(self, dice: Random) -> bool:
        dice.choice(self.house.webs).kill()
        time.sleep(dice.uniform(0, 1))
        return True

    def _kill_answering(self, dice: Random) -> bool:
        web = dice.choice(self.house.webs)
        answering = web.pids()[1:]
        if answering:
            web.send(signal.SIGKILL, [dice.choice(answering)])
        return bool(answering)

    def _kill_worker(self, dice: Random) -> bool:
        self.house.worker.kill()
        time.sleep(dice.uniform(0, 1))
        return True

    def _freeze(self, process: Kept, dice: Random) -> bool:
        frozen = process.pids()
        process.send(signal.SIGSTOP, frozen)
        self._for_a_while(dice)
        process.send(signal.SIGCONT, frozen)
        return bool(frozen)

    def _freeze_database(self, dice: Random) -> bool:
        self.house.store.freeze()
        try:
            self._for_a_while(dice)
        finally:
            self.house.store.thaw()
        return True

    def _stop_database(self, dice: Random) -> bool:
        if not self.house.store.stop():
            return False
        self._for_a_while(dice)
        self.house.store.start()
        return True

    def _payment_away(self, dice: Random) -> bool:
        return self._cut_off(self.house.double, "/v1/", dice)

    def _vipps_away(self, dice: Random) -> bool:
        """It forgets our keys and tokens, too: its documentation does not say for how long they are remembered."""
        for lever in ("forget-keys", "end-tokens"):
            if dice.random() < 0.5:
                self.house.vipps.pull(lever)
        return self._cut_off(self.house.vipps, "/(epayment|accesstoken)/", dice)

    def _cut_off(self, provider: StandIn, path: str, dice: Random) -> bool:
        """Answers are lost before or after the work, errors, silence, or the whole of it stands still."""
        how = dice.choice(("500", "429", "hang", "cut", "stop"))
        if how == "stop":
            provider.process.send_signal(signal.SIGSTOP)
            self._for_a_while(dice)
            provider.process.send_signal(signal.SIGCONT)
            return True
        times, after = dice.randint(2, 12), dice.random() < 0.5
        provider.fault(how, path=path, times=times, after=after, seconds=self.hardest)
        return True

    def _mail_away(self, dice: Random) -> bool:
        post = self.house.post
        how = dice.choice(("shut", "waits", "says"))
        if how == "shut":
            post.shut()
        elif how == "waits":
            post.waits = self.hardest
        else:
            post.says = LATER
        self._for_a_while(dice)
        post.waits, post.says = 0.0, ""
        post.open()
        return True

    def _webhooks(self, dice: Random) -> bool:
        ways: list[dict[str, object]] = [{"copies": 3}, {"gather": 8}, {"drops": 10}, {"held": True}]
        how = dice.choice(ways)
        self.house.bring_events(url=self.house.webhook(dice.randrange(2)), **how)
        self.house.bring_vipps_news(dice.randrange(2), held=True)
        self._for_a_while(dice)
        if how.get("held"):
            self.house.double.deliver(newest_first=True)
        # What there ever was, the newest first, and each of it twice.
        self.house.vipps.pull("bring", all=dice.random() < 0.3, newest_first=True, copies=2, most=20)
        self.house.bring_events(url=self.house.webhook(dice.randrange(2)))
        return True

    def _clock(self, dice: Random) -> bool:
        process = dice.choice(self.house.kept)
        process.end()
        process.start(self.house.ahead + dice.uniform(-self.off, self.off))
        return True

    def _for_a_while(self, dice: Random) -> None:
        time.sleep(dice.uniform(0.3, 1) * self.hardest)
