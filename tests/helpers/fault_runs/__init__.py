"""Runs in which something goes wrong: short ones for the tests, the same ones by the hundred for ``benchmarks.queue_faults``."""
