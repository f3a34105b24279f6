"""Any language without lists of its own: initials, and abbreviations that many languages share."""

from toolkit.segment.language import Language, words

LANGUAGE = Language(
    code="und",
    never=words(
        """
        avv bl.a bzw ca Capt cf Col d.w.z dhr dott dott.ssa Dr Dra drs e.g Eng esim f.eks Fr Gen geom hab Hr
        i.e Ing inż kb ks Lt m.in mevr mgr Mlle Mme Mons Mr Mrs Ms např np Prof płk resp Sgt Sig sig sig.ra
        sigg Sr Sra St t.ex tzn tzv tzw ul vs ún św
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
        A Ale An Ancak As At Bu De Den Det Dit Do Een Ela Ele Em En Er Este Ett Gli Han He Het Hij Hon I Il
        In Isso It La Le Lo Ma Maar Mas Men Na Nel Nella Nie Non Não O On Os Per Po Podle På Questo Secondo
        Segundo She Ta Ten That The They This To Um Uma Un Una Volgens W We Zij È É
        """
    ),
    uncapitalised=False,
    dash_speaks=True,
    byline=words("Av By Door Par Por Von"),
    caption=words("File Foto Image Photo"),
)
