"""The page of those who run the studio, for its owners."""
