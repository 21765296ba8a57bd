"""A run, or a step of it, to take along: as cURL, as HAR, as Markdown, as a ``bcdesk flow`` command; never a secret."""
