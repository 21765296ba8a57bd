"""The windows of the desk: everything that knows Qt, but for the program that builds them."""
