"""The texts and pictures of a release: card, changelog, citation, licence and croissant.json."""
