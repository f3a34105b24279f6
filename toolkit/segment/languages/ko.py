"""Korean. Sentences end in a verb and a stop; there are no capitals."""

from toolkit.segment.language import Language, words

LANGUAGE = Language(
    code="ko",
    never=words("Mr Mrs Ms Dr Prof St vs"),
    before_number=words("No Vol p pp"),
    may_end=words("U.S U.S.A U.K Inc Corp Co Ltd Jr"),
    quotative="라고며는고란이라하했",
)
