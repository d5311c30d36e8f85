"""What a teacher gets for the class before and after a visit: files and links of a programme, checked by content."""
