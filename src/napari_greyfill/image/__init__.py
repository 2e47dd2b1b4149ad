"""Pictures as arrays: colour, rectangles, regions to work in, and values on a working scale."""
