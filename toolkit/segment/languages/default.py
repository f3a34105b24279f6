"""Any language without lists of its own: initials, and abbreviations that many languages share."""

from toolkit.segment.language import Language, words

LANGUAGE = Language(
    code="und",
    never=words(
        """
        bzw ca Capt cf Col Dr e.g Fr Gen Hr i.e Ing Lt m.in Mlle Mme Mr Mrs Ms Prof resp Sgt Sr Sra St tzn
        tzv vs
        """
    ),
    before_number=words(
        """
        Apr Art art Aug Dec Dez Feb Fig fig Jan Jul Jun Mar No no Nov Nr nr Oct Okt p pp rys Sep Sept str
        Tel tel Vol vol č čl
        """
    ),
    may_end=words("Co Corp E.U etc Inc Jr Ltd U.K U.S U.S.A"),
    starters=words(
        """
        A An As At De Den Det Een En Ett Gli He Het I Il In It La Le Lo Na O On Os She Ta Ten That The They
        This To Um Uma Un Una W We
        """
    ),
    byline=words("Av By Door Par Por Von"),
    caption=words("FILE Foto Image Photo"),
)
