"""Schools, who pays for them by which agreement, and what a visit costs whom and until when."""
