"""The dock Weights."""
