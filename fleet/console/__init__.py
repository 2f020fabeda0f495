"""The fleet console: one page, rendered here, that any browser shows. It holds no personal data."""
