"""Korean. Sentences end in a verb and a stop; there are no capitals."""

from toolkit.segment.language import Language, words

LANGUAGE = Language(
    code="ko",
    never=words("Dr Mr Mrs Ms Prof St vs"),
    before_number=words("No p pp Vol"),
    may_end=words("Co Corp Inc Jr Ltd U.K U.S U.S.A"),
    ordinal=True,
    quotative="라고며는고란이라하했",
    credited=words("기자 특파원"),
    caption=words("사진"),
    # (서울=연합뉴스) 홍길동 기자 =
    dateline=r"[(\[][^()\[\]=]{1,20}=[^()\[\]=]{1,15}[)\]](?:\s\w{2,4} (?:기자|특파원))?(?:\s?=(?=\s))?",
)
