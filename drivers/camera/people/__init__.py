"""Simulated people and presentation attacks (ISO/IEC 30107-3) as scenes before a simulated camera."""
