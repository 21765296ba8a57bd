"""What is known, online or not; importing this package alone imports no keyring and no cryptography."""
