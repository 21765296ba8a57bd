"""The contract as an ASGI program on SQLite; the desk meets it through HTTP alone."""
