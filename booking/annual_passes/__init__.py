"""Annual passes: which kinds are sold, what an order is to be, the pass that follows, its code and its days."""
