"""One fill from the arrays of a user to the result: job, stages, run."""
