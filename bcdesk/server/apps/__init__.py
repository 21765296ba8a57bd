"""OAuth applications: their life as pure functions, their changes as functions on a transaction, their routes."""
