"""Tables, plots and paragraphs for a paper."""
