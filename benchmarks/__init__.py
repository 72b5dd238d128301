"""Benchmarks: each figure is a ratio against a stated limit or peer, measured in the same run on the same machine.

    python -m benchmarks                                # everything on both engines, into benchmarks/results.md
    python -m benchmarks --engine sqlite lists finding  # some, on one

`make bench` makes the district if it is not there: minutes, and a few gigabytes in the data folder.
"""
