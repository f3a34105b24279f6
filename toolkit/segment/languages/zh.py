"""Chinese. Sentences follow each other without white space; the stops say where they end."""

from toolkit.segment.language import Language, words

LANGUAGE = Language(
    code="zh",
    never=words("Dr Mr Mrs Ms Prof St vs"),
    before_number=words("No p pp Vol"),
    may_end=words("Co Corp Inc Jr Ltd U.K U.S U.S.A"),
    starters=words("A An At He I In It On She That The They This We"),
    speech=words("写道 問 問道 喊道 寫道 指出 称 稱 答道 表示 說 說道 说 说道 问 问道"),
    unspaced=True,
    quotative="的，、",
    byline=words("文/ 文／ 作者 本报记者 本報記者 记者 記者"),
    caption=words("图 图片 图片来源 圖 圖片 圖片來源 资料图"),
    dateline=(
        r"(?:新华社|新華社|中新社|中新网|本报|本報)\w{1,12}?\d{1,2}月\d{1,2}日(?:电|電|讯|訊)(?:（[^（）]{1,30}）)?"
        r"|（[^（）]{2,12}[电電讯訊]）"  # （北京综合讯）
    ),
)
