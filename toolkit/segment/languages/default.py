"""Any language without lists of its own: the stops of every script, initials, and abbreviations that many languages share."""

from toolkit.segment.language import Language, words

LANGUAGE = Language(
    code="und",
    never=words(
        "Mr Mrs Ms Dr Prof St Sr Sra Mme Mlle Hr Fr Ing Gen Col Lt Sgt Capt vs cf e.g i.e ca tzv tzn np m.in im al resp bzw"
    ),
    before_number=words(
        "No Nr nr no Art art Vol vol Fig fig p pp str č čl rys Tel tel Jan Feb Mar Apr Jun Jul Aug Sep Sept Oct Okt Nov Dec Dez"
    ),
    may_end=words("Inc Corp Co Ltd Jr U.S U.S.A U.K E.U etc"),
    starters=words(
        "The A An In On At It He She They We I This That De Het Een Il Lo La I Gli Le Un Una O Os As Um Uma W Na To Ta Ten Den Det En Ett"
    ),
)
