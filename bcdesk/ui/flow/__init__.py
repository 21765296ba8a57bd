"""The flow tester's page."""
