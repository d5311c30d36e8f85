"""Visits by schools and kindergartens: plans that fit the bus, who pays, references, and who gets places first."""
