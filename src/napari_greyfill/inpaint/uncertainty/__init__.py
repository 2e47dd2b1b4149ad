"""How far a fill may be from the truth: where, how much, and what the error looks like."""
