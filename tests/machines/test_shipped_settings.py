"""The example of the settings in `deploy/`: it names what must be filled in, and no more than that."""

from __future__ import annotations

from pathlib import Path

import pytest

from booking.settings import Settings, SettingsError
from tests.support.house import ROOT

MUST_BE_FILLED = {
    "SECRET_KEY": "0123456789abcdef" * 4,
    "STRIPE_SECRET_KEY": "sk_live_x",
    "STRIPE_WEBHOOK_SECRET": "whsec_x",
    "MAIL_PASSWORD": "of the mail server",
}


def shipped(folder: Path) -> dict[str, str]:
    """What the file sets, with a folder that is there."""
    lines = [line for line in (ROOT / "deploy" / "bestill.env").read_text().splitlines() if line and line[0] != "#"]
    return dict(line.split("=", 1) for line in lines) | {"INSTANCE_DIR": str(folder)}


def test_with_its_gaps_filled_it_is_right_for_production(tmp_path: Path) -> None:
    settings = Settings.from_environment(shipped(tmp_path) | MUST_BE_FILLED)
    assert (settings.mode, settings.drain) == ("production", 10)


@pytest.mark.parametrize("name", MUST_BE_FILLED)
def test_a_gap_that_is_left_is_named(tmp_path: Path, name: str) -> None:
    assert shipped(tmp_path)[name] == ""
    with pytest.raises(SettingsError) as refused:
        Settings.from_environment(shipped(tmp_path) | MUST_BE_FILLED | {name: ""})
    assert len(refused.value.mistakes) == 1 and name.removesuffix("_SECRET") in refused.value.mistakes[0]
