"""Change of a schema: what moves where, and the answers and links that move with it."""
