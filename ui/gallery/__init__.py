"""Every screen as a picture, from a made-up visit: ``python -m ui.gallery --out DIR``. For documents and tests."""
