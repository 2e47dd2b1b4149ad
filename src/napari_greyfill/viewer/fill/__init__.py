"""The dock Fill."""
