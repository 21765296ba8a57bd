"""The flow tester's page in the whole program, driven by the mouse in a process of its own."""
