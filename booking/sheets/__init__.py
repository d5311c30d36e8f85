"""Tables as values, and the files that a spreadsheet opens."""
