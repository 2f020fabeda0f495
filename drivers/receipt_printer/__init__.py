"""Device folder: receipt_printer."""
