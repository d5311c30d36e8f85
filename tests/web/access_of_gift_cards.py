"""Who opens the pages of gift cards: lines of the table in test_staff_access.py."""

from __future__ import annotations

PUBLIC = {
    "POST /<lang>/checkout/<secret>/gift-card",
    "POST /<lang>/checkout/<secret>/gift-card/off",
    "GET /<lang>/gift-cards",
    "POST /<lang>/gift-cards",
    "GET /<lang>/gift-cards/balance",
    "POST /<lang>/gift-cards/balance",
}
