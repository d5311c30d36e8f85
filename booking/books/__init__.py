"""The books: a journal of balanced vouchers, made from what stands in the database; months, and their close."""
