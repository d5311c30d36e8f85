"""What can be printed or saved: ticket PDF, receipt, QR code, calendar file. Values in, bytes out."""
