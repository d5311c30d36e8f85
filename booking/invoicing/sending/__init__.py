"""Issued documents on their way to the payer: into a folder, by mail, or through an access point; and what became."""
