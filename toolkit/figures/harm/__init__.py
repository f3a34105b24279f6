"""Which numbers of a sentence count people who were harmed: the words for harm, noun phrases and predicates."""
