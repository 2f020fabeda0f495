"""Frozen facts of the field; no I/O, no Qt."""
