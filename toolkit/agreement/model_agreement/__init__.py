"""Agreement of models with people: the test whether a model may replace a person, and the effect of suggestions."""
