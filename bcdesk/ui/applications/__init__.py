"""The page of OAuth applications: table, details, and every dialog about them."""
