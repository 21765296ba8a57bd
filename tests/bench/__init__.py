"""Measurements of the program: ratios of one interleaved run against the plainest thing that does the same."""
