"""The addresses of what is on and of what is shared, for the table of who opens what."""

from __future__ import annotations

PUBLIC = (
    "GET /<lang>/tickets/with",
    "GET /<lang>/whats-on",
    "GET /<lang>/whats-on/<slug>",
    "GET /share/<name>",
    "GET /sitemap.xml",
)
