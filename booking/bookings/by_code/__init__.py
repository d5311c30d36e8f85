"""What codes that are typed at the checkout do to an order."""
