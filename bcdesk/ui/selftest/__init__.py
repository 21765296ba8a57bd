"""``bcdesk --selftest``: whether this installation can do what it is for, on this machine."""
