"""Layers of the viewer: planes, results, and which are ours."""
