"""What is left of an invoice and will not come: written off, and taken back when it comes after all."""
