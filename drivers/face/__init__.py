"""Device folder: face."""
