"""The dock Masks, and commands on masks."""
