"""Measurements, each a ratio against a named alternative in one run. Run one with `python -m benchmarks.NAME`."""
