"""The contract as Python calls; importing this package alone imports neither HTTP nor models."""
