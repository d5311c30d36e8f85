"""The addresses of what is on, of what is shared and of gift cards, for the table of who opens what."""

from __future__ import annotations

PUBLIC = (
    "POST /<lang>/checkout/<secret>/gift-card",
    "POST /<lang>/checkout/<secret>/gift-card/off",
    "POST /<lang>/checkout/<secret>/discount/off",
    "GET /<lang>/gift-cards",
    "POST /<lang>/gift-cards",
    "GET /<lang>/gift-cards/balance",
    "POST /<lang>/gift-cards/balance",
    "GET /<lang>/annual-passes",
    "POST /<lang>/annual-passes",
    "GET /<lang>/pass/<secret>",
    "GET /<lang>/pass/<secret>/pass.pdf",
    "GET /<lang>/b/<secret>/withdraw",
    "POST /<lang>/b/<secret>/withdraw",
    "GET /<lang>/withdraw",
    "POST /<lang>/withdraw",
    "GET /<lang>/tickets/with",
    "GET /<lang>/whats-on",
    "GET /<lang>/whats-on/<slug>",
    "GET /share/<name>",
    "GET /sitemap.xml",
)
