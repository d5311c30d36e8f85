"""Setting up: times, activities, prices, rules, words, tables that are taken in."""
