"""Device folder: camera."""
