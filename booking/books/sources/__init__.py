"""What the journal is made from: one module for each kind of fact that money is about."""
