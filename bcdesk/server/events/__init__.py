"""What changed, told while it happens: ``GET /manage/v1/events``."""
