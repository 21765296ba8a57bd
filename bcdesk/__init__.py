"""The desk from which a studio runs its BeatConnect credentials."""

__version__ = "0.1.0"
