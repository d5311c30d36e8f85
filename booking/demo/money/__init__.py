"""A demo's invoices, as users would have made them."""
