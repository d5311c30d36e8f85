"""What the catalogue decides by itself."""
