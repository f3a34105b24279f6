"""Arabic. There are no capitals; short abbreviations before a name are all that hides a stop."""

from toolkit.segment.language import Language, words

LANGUAGE = Language(
    code="ar",
    never=words("د أ م أ.د م.م ا.د السيد-د ص.ب ت.ق ج.م.ع هـ-ق") - words("السيد-د هـ-ق ت.ق"),
    before_number=words("ص ج رقم-ر مج ع ط ق.م") - words("رقم-ر ق.م ع"),
    speech=words("قال قالت سأل سألت أضاف أضافت"),
)
