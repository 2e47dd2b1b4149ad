"""Every plane of a stack: axes, masks, the regions of all planes as tasks, where results go."""
