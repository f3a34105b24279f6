"""Japanese. Sentences follow each other without white space; a quotation that と or the like takes up goes on."""

from toolkit.segment.language import Language, words

LANGUAGE = Language(
    code="ja",
    never=words("Dr Mr Mrs Ms Prof St vs"),
    before_number=words("No p pp Vol"),
    may_end=words("Co Corp Inc Jr Ltd U.K U.S U.S.A"),
    starters=words("A An At He I In It On She That The They This We"),
    unspaced=True,
    quotative="とっをがはのにもでや、,",
    byline=words("文・ 文/ 文／"),
    credited=words("特派員 記者"),
    dateline=(
        r"【[^【】]{1,20}(?:[＝=][^【】]{1,15}|共同|時事|ロイター)】"  # 【ワシントン＝時事】
        r"|[\[［][^\[\]［］]{2,30}(?:ロイター|AFP)[\]］]\s?(?:[-–—―](?=\s))?"  # [ロンドン 3日 ロイター] -
    ),
    caption=words("写真 画像"),
)
