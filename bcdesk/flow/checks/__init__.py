"""Attacks and mistakes as data, run on a twin of the application that is registered for them and deleted after."""
