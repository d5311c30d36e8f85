"""What came in on the bank account: the bank's file is read, kept row by row and held against the invoices."""
