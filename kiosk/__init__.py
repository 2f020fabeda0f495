"""The terminal: what a resident does at it, and everything behind that."""

__version__ = "0.1.0"
