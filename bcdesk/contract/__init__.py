"""What desk and server agree on; imports nothing of ours and knows neither Qt nor HTTP."""
