"""Texts that hypothesis draws: pages of lines that mean something to the layout, and any characters."""

from __future__ import annotations

import re

from hypothesis import strategies as st

PAGE_LINES = """
Port Ellery rebuilds its breakwater|Al Arabiya|44 minutes ago|- Al Arabiya|Hashtags|Comments|Related Articles|Share
World|The council voted on Monday. It had waited for years, and two storms had left a gap of forty metres in the wall.
No comments yet...|June 18, 2025|By Jo Lindqvist|* * *|| |Cafe\u0301 🙂|\u200fשלום עולם.|a|2 Comments|Sign in|“Yes!”
\ufeff|Read more: elsewhere|- item|12:30|Reuters|- Reuters|yesterday|Tags|Title of another story that the page holds too
"""
LINES = st.sampled_from(re.split(r"[|\n]", PAGE_LINES))
PAGES = st.lists(LINES, min_size=1, max_size=25).flatmap(
    lambda lines: st.sampled_from(["\n", "\r\n", "\r"]).map(lambda end: end.join(lines))
)
ANY_TEXT = st.one_of(PAGES, st.text(max_size=300))
