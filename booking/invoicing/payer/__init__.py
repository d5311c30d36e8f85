"""The payer's own page: a link without an account, what stands behind it, and what a teacher is told of the bill."""
