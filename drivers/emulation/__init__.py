"""Byte-level stand-ins for hardware: hosts that put an emulated device behind TCP or a pseudo terminal."""
