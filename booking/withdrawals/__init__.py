"""Withdrawals: a buyer goes back on a purchase within the time that the law gives, and has the money again."""
