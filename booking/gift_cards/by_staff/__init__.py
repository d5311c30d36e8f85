"""What staff do with a card that somebody has: stop it, let it live longer, give it another code, hand it over."""
