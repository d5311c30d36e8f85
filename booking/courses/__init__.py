"""Teacher courses: named participants, who came, and the certificate that says so."""
