"""Device folder: barcode_scanner."""
