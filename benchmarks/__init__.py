"""Benchmarks: each figure is a ratio against a stated limit or peer, measured in the same run on the same machine.

    python -m benchmarks --engine sqlite --database /path/to/district.db
    python -m benchmarks --engine postgres --database postgres://…

`make bench` makes the district if it is not there, runs all of them on both engines and writes benchmarks/results.md.
"""
