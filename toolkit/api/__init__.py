"""The front door of the package; `toolkit` exports its names."""
