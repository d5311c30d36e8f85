"""How an invoice is paid: what its reference is called, and the transfer that a bank's app may fill in."""
