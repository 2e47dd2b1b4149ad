"""Pieces that all docks are made of."""
