"""Apple's wallet: what a pass says, its pictures, and its signature."""
