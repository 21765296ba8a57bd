"""The real embedded browser, driven in a process of its own: it brings four processes and its own words on stderr."""
