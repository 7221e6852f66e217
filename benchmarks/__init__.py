"""Sweeps and timings too slow for the tests. Each is a command: `python -m benchmarks.NAME --help`."""
