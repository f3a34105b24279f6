"""Exports that hold many articles: feeds, mail, press archives, messengers, wikis. Each article becomes a row."""
