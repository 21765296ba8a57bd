"""What the server tells of the steps of flows: which rules each request kept, which not, and what it changed."""
