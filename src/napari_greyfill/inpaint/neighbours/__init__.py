"""Fill holes in the planes of a stack from the planes next to them, where these know better.

`base` is the contract; `fill` fills damage in one plane, `fill.fill_from_neighbours`.
"""
