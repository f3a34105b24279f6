"""Japanese. Sentences follow each other without white space; a quotation that と or the like takes up goes on."""

from toolkit.segment.language import Language, words

LANGUAGE = Language(
    code="ja",
    unspaced=True,
    quotative="とっをがはのにもでや、,",
    never=words("Mr Mrs Ms Dr Prof St vs"),
    before_number=words("No Vol p pp"),
    may_end=words("U.S U.S.A U.K Inc Corp Co Ltd Jr"),
    starters=words("The A An In On At It He She They We I This That"),
)
