"""A browser that signs in."""
