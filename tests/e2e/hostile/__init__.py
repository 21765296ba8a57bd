"""A hostile page, the servers around it, and the real browser that opens it."""
