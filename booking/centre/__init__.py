"""The centre itself: settings, opening hours, closing days, spaces."""
