"""Splitters of other libraries as entry points of `toolkit.splitters`; each is loaded when its splitter is named."""
