"""Vipps MobilePay's ePayment: a small client of our own, what its answers mean, and its signed news."""
