"""Chinese. Sentences follow each other without white space; the stops say where they end."""

from toolkit.segment.language import Language, words

LANGUAGE = Language(
    code="zh",
    unspaced=True,
    never=words("Mr Mrs Ms Dr Prof St vs"),
    before_number=words("No Vol p pp"),
    may_end=words("U.S U.S.A U.K Inc Corp Co Ltd Jr"),
    starters=words("The A An In On At It He She They We I This That"),
)
