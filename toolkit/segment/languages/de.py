"""German. Nouns are capitalised, so after an abbreviation only a starter shows that a sentence begins."""

from toolkit.segment.language import Language, words

LANGUAGE = Language(
    code="de",
    never=words(
        """
        abzgl Allg Allgem amerik ausschl beispielsw bes Bez bzw ca d.h d.i Dipl Dr Dres dt ehem einschl engl
        entspr ev evtl exkl Fa Frhr Frl frz geb Gebr gegr gem gest ggf habil Hl hl Hptm Hr Hrn i.A i.d.R i.e
        i.V Ing inkl insb insbes jun jur Kath kath Kdt Kgl kgl Lt m.E med mind Mr Mrs Ms Msgr nat o.g Oblt
        phil Prof rer resp röm s.o s.u sen Skt sog St u u.U u.ä.m v verh vgl vs z.B z.T z.Z z.Zt zzgl österr
        """
    ),
    before_number=words("Abb Abs Anm Art Aufl Az Bd Bde Hrsg Jg Kap Lfg Nr Nrn Pos Rn Rz S Tab Tel Vers Zi Ziff"),
    may_end=words(
        """
        a.a.O a.D a.d a.M Apr Aug B.A Bio Chr Co Corp Dez Di e.V ebd etc f Feb Febr ff Fr Ges i.R Inc Inst
        Jahrh Jan Jh Jhd Jhdt Jr jr Jul Jun Kfm Kl LL.M Ltd M.A Mag max Min Mio Mo Mrd Mrz n.Chr Nov o.Ä o.ä
        Okt Ph.D Pl Sek Sep Sept Sr sr Std Str Tsd u.a u.dgl U.S U.S.A u.s.w u.v.m u.Ä u.ä Univ usf usw
        v.Chr Verl
        """
    ),
    starters=words(
        """
        Aber Acht Alle Allerdings Alles Als Am An Andere Anstatt Auch Auf Aus Außerdem Bei Beide Beim
        Bereits Bevor Bis Da Dabei Dadurch Dafür Dagegen Daher Damit Danach Dann Daran Darauf Daraus Darin
        Darum Darüber Das Dass Daß Davon Davor Dazu Dein Deine Dem Den Denn Dennoch Der Deren Des Deshalb
        Dessen Deswegen Die Dies Diese Diesem Diesen Dieser Dieses Doch Dort Drei Du Durch Ebenso Eigentlich
        Ein Eine Einem Einen Einer Eines Einige Er Erst Es Etwa Etwas Falls Fast Ferner Früher Fünf Für
        Gegen Gestern Gleichzeitig Haben Hat Hatte Heute Hier Hätte Ich Ihr Ihre Ihrem Ihren Ihrer Im In
        Indem Ins Insgesamt Inzwischen Ist Ja Jede Jedenfalls Jeder Jedes Jedoch Jene Jener Jenes Jetzt Kann
        Kein Keine Keiner Können Laut Letztlich Man Manche Mancher Mehrere Mein Meine Mit Morgen Muss
        Möglicherweise Müssen Nach Nachdem Natürlich Neben Nein Neun Nicht Nichts Niemand Noch Nun Nur Ob
        Obwohl Oder Ohne Rund Schließlich Schon Sechs Sein Seine Seinem Seinen Seiner Seit Seitdem Seither
        Selbst Sie Sieben Sind So Sobald Sofern Sogar Solange Soll Sollte Sondern Später Statt Trotz
        Trotzdem Um Und Unser Unsere Unter Viele Vieles Vielleicht Vier Vom Von Vor Wann War Waren Warum Was
        Wegen Weil Weiter Weitere Welche Welcher Welches Wenige Wenn Wer Werden Weshalb Wie Wieder Wieso
        Will Wir Wird Wo Während Wäre Würde Zehn Zu Zudem Zugleich Zuletzt Zum Zunächst Zur Zuvor Zwei
        Zwischen Über
        """
    ),
    labels=words(
        """
        Abschnitt Gleis Gruppe Halle Hepatitis Kategorie Klasse Linie Phase Plan Punkt Stufe Team Typ
        Variante Vitamin Zone
        """
    ),
    speech=words(
        """
        antwortet antwortete erklärt erklärte fragt fragte meint meinte rief ruft sagt sagte schreibt
        schrieb
        """
    ),
    ordinal=True,
    byline=words("VON Von"),
    caption=words("Archivbild Archivfoto Bild Foto Fotos Grafik Symbolbild"),
)
