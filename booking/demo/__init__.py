"""Two whole centres as data, to see everything at once. Persons in them are made up."""
