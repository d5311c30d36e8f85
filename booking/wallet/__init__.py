"""Passes in phones' wallets: a party's booking, as it stands now. Off until certificates are set."""
