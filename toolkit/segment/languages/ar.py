"""Arabic. There are no capitals; short abbreviations before a name are all that hides a stop."""

from toolkit.segment.language import Language, words

LANGUAGE = Language(
    code="ar",
    never=words("أ أ.د ا.د ج.م.ع د ص.ب م م.م"),
    before_number=words("ج ص ط مج"),
    speech=words("أضاف أضافت سأل سألت قال قالت"),
    byline=words("بقلم كتب: كتبت:"),
    caption=words("الصورة صورة"),
)
