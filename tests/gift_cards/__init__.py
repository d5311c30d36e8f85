"""Gift cards: codes, sale, use, money back and their end."""
