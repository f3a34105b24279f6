"""The formats, one per file: each reads documents, and writes them."""
