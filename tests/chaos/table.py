"""What a run prints at its end."""

from __future__ import annotations

from tests.chaos.ledger import Ending
from tests.chaos.plan import KILLS, Mishap
from tests.chaos.run import Run

FROZEN = (Mishap.FREEZE_WEB, Mishap.FREEZE_WORKER, Mishap.FREEZE_DATABASE, Mishap.STOP_DATABASE)
CUT = (Mishap.PAYMENT_AWAY, Mishap.VIPPS_AWAY, Mishap.MAIL_AWAY, Mishap.WEBHOOKS)


def table(run: Run, faults: list[str], seed: int) -> str:
    """Operations by kind and ending, what befell the house, and the verdict."""
    endings = list(Ending)
    lines = [("", *(str(ending) for ending in endings))]
    for kind, counted in sorted(run.ledger.endings.items()):
        lines.append((kind, *(str(counted[ending]) for ending in endings)))
    lines.append(("in all", *(str(run.ledger.total(ending)) for ending in endings)))
    widths = [max(len(line[column]) for line in lines) for column in range(len(endings) + 1)]
    text = ["  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)) for line in lines]
    dealt = run.fate.dealt
    text += ["", *(f"{number:4} × {mishap}" for mishap, number in sorted(dealt.items()))]
    counts = [sum(dealt[mishap] for mishap in group) for group in (KILLS, FROZEN, CUT)]
    tried = run.ledger.total(*endings) - run.ledger.total(Ending.SPARED)
    share = run.ledger.total(Ending.DONE) / max(tried, 1)
    text += [
        "",
        f"{run.house.store.name}, seed {seed}: {run.done} operations in {run.seconds / 60:.1f} minutes, "
        f"{share:.1%} of what was tried succeeded",
        f"{counts[0]} kills, {counts[1]} freezes and stops, {counts[2]} cuts, "
        f"{dealt[Mishap.CLOCK]} clocks off; longest without a sale {run.longest_without:.1f} s",
        f"{len(run.ledger.bought)} bookings in the ledger, {len(run.house.post.times)} letters, "
        f"{run.house.post.repeated()} of them twice",
    ]
    text += [f"    {number} × {reason}" for reason, number in run.ledger.reasons.most_common(12)]
    text += ["", *(f"FAULT {fault}" for fault in faults[:50])]
    text.append("verdict: " + (f"{len(faults)} faults" if faults else "nothing is missing, nothing is too much"))
    return "\n".join(text)
