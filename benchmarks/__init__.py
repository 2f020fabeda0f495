"""Measurements against physical limits and peers, side by side in one run. ``python -m benchmarks.NAME [--quick] [--json]``."""
