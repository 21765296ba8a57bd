"""The page of API keys: its table, inspector and dialogs."""
