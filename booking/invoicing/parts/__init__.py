"""What receivables are made of: what was bought by rate of VAT, and what of it stands on invoices already."""
