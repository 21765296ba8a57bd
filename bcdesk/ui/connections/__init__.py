"""The windows about connections: which there are, how one is added, chosen, signed in to and left."""
