"""Links between sentences in Label Studio: windows of a story to link in, their page, and what people drew."""
