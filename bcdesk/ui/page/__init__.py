"""What every page with a table is made of: head, filters, notices, table, details beside it, undo."""
