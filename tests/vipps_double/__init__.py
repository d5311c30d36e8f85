"""A stand-in for Vipps MobilePay's ePayment in a process of its own, which refuses what the real one refuses."""
