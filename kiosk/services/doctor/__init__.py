"""Looks at every device once and says what it found, what works and what to do: what stands behind ``kiosk doctor``."""
