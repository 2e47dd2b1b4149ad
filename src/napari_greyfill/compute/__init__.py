"""How computations run: device, progress, memory, and the registry of methods."""
