"""Money in and money back: providers, fulfilment, refunds, the sweep."""
