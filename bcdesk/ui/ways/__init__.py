"""The ways to a server: one that this computer runs, and any other by its address."""
