"""The formats of raw pages: files, encodings, HTML, JSON."""
