"""How models agree with people: whether one may stand in for a person, and what its suggestions did to the answers."""
