"""The authorization server: OAuth 2 on Authlib's framework-free core, with what that core leaves to its host."""
