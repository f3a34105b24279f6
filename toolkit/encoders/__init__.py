"""Networks that turn texts into embeddings, for every stage that asks for one by its name."""
