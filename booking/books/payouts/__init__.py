"""The provider's payouts: typed, or taken from its file row by row and held against what was paid."""
