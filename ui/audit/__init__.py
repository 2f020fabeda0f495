"""Looks at every screen, in every language and size, for what keeps people from using it: ``python -m ui.audit``."""
