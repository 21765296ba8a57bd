"""Pictures of the real program, of every page, dialog and state."""
