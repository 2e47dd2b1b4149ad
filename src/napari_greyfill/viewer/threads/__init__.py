"""Work off the thread of the windows."""
