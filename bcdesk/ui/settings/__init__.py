"""The settings: each change is in force and on disk at once, and says so where it was made."""
