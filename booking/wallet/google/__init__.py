"""Google's wallet: what a pass says, the link that saves it, and telling Google that it is newer."""
