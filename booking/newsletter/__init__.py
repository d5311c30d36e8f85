"""The newsletter: who wants it and about what, issues that staff write, and how they go out to each reader once."""
