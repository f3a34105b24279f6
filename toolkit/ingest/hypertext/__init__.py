"""HTML pages as a reader sees them: what is shown, the articles and posts, the facts and the kind of a page."""
