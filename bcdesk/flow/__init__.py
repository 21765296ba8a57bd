"""The flow tester without a window: an OAuth client that traces all it does and errs on request."""
