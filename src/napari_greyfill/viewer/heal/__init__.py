"""The dock Heal: paint, and it heals when the brush is lifted."""
