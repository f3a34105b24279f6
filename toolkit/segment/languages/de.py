"""German. Nouns are capitalised, so after an abbreviation only a starter shows that a sentence begins."""

from toolkit.segment.language import Language, words

LANGUAGE = Language(
    code="de",
    ordinal=True,
    never=words(
        "Dr Dres Prof Hr Hrn Fr Frl St Skt Hl hl Dipl Ing Mag Msgr Mr Mrs Ms Kgl kgl Frhr Gebr Kath kath ev röm geb gest verh "
        "bzw ca evtl ggf gegr inkl exkl zzgl abzgl vgl sog insb insbes einschl ausschl bes beispielsw entspr gem lt max min mind "
        "resp sen jun vs z.B d.h i.d.R z.T z.Z z.Zt d.i i.e s.o s.u u.U m.E i.A i.V o.g u.ä.m dt engl frz österr amerik ehem "
        "Allg Allgem Bez Gen Kdt Hptm Lt Oblt Ob St.-Petersb Zw u v Bundesmin Oberst-Lt"
    )
    - words("Ob Zw Bundesmin Oberst-Lt St.-Petersb"),
    before_number=words("Nr Nrn Abs Art Bd Bde Kap Ziff Tel Abb Tab Anm Aufl Jg Hrsg S Vers Zi Pos Rn Rz Lfg"),
    may_end=words(
        "Mio Mrd Bio Tsd Jh Jhd Jhdt Jahrh Chr v.Chr n.Chr usw etc u.a u.ä o.ä o.Ä u.Ä a.D a.M a.d i.R e.V Str Pl Co Inc Corp Ltd Std "
        "Min Sek St.Gallen Jan Feb Febr Mrz Apr Jun Jul Aug Sep Sept Okt Nov Dez Mo Di Mi Do Sa So Univ Inst Verl Ges Kl Kfm U.S U.S.A "
        "Euro-Mio jr Jr Sr sr M.A B.A Ph.D LL.M a.a.O ff f usf ebd u.dgl u.v.m u.s.w"
    )
    - words("Mi Do Sa So St.Gallen Euro-Mio"),
    starters=words(
        "Der Die Das Den Dem Des Ein Eine Einen Einem Einer Eines Er Sie Es Wir Ihr Ich Du Man Dies Diese Dieser Dieses Diesen Diesem "
        "Jene Jener Jenes Jeder Jede Jedes Alle Alles Viele Vieles Manche Mancher Einige Mehrere Wenige Andere Beide Keine Kein Keiner "
        "Sein Seine Seinen Seinem Seiner Ihre Ihren Ihrem Ihrer Mein Meine Unser Unsere Dein Deine Und Oder Aber Doch Denn Sondern Auch "
        "Nur Noch Schon Erst Bereits Dann Danach Dabei Dafür Dagegen Daher Damit Daran Darauf Daraus Darin Darüber Darum Davon Davor Dazu "
        "Dadurch Deshalb Deswegen Trotzdem Dennoch Allerdings Jedoch Zudem Außerdem Ferner Zuvor Zunächst Zuletzt Zugleich Inzwischen "
        "Später Früher Heute Gestern Morgen Jetzt Nun Hier Dort Da So Wie Was Wer Wo Wann Warum Wieso Weshalb Welche Welcher Welches Wenn "
        "Weil Da Dass Daß Ob Obwohl Als Während Bevor Nachdem Seit Seitdem Sobald Solange Indem Falls Sofern In Im Ins An Am Auf Aus Bei "
        "Beim Bis Durch Für Gegen Mit Nach Neben Ohne Über Um Unter Vom Von Vor Wegen Zu Zum Zur Zwischen Trotz Laut Statt Anstatt Seither "
        "Insgesamt Jedenfalls Vielleicht Natürlich Nicht Nichts Niemand Ja Nein Hat Haben Hatte Ist Sind War Waren Wird Werden Kann Können "
        "Soll Sollte Muss Müssen Will Würde Hätte Wäre Etwa Rund Fast Etwas Zwei Drei Vier Fünf Sechs Sieben Acht Neun Zehn Dessen Deren "
        "Ebenso Eigentlich Sogar Selbst Wieder Weiter Weitere Gleichzeitig Schließlich Letztlich Möglicherweise"
    ),
    labels=words(
        "Klasse Gruppe Typ Vitamin Plan Stufe Abschnitt Punkt Variante Kategorie Phase Team Zone Halle Gleis Linie Hepatitis"
    ),
    speech=words(
        "sagt sagte fragt fragte ruft rief schreibt schrieb antwortet antwortete meint meinte erklärt erklärte"
    ),
)
