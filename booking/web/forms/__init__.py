"""Forms: fields that check what people type, lists of rows that staff keep, and the history of one row."""
