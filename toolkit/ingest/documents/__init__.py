"""Documents that people save or write: Markdown, spreadsheets, Word, PDF, subtitles."""
