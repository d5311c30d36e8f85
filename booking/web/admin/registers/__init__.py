"""The lists of rows that administrators keep by form, each a class in a module of its own."""
