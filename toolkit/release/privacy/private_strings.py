"""Strings that are private by their form: addresses, telephone and account numbers, tokens, keys and passwords.

A text is looked at as it stands and as readers and programs decode it: HTML entities, percent signs, full-width
letters, characters that nobody sees, and "(at)" written out. The patterns of tokens follow what their issuers publish,
as lists such as gitleaks' collect them (https://github.com/gitleaks/gitleaks, MIT). All take time linear in the text.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from typing import Final
from urllib.parse import unquote

_TOKENS: Final[Mapping[str, str]] = {
    "a Hugging Face token": r"\b(?:hf|api_org)_[A-Za-z0-9]{30,}",
    "a GitHub token": r"\b(?:gh[pousr]_[A-Za-z0-9_.\-]{36,}|github_pat_[A-Za-z0-9_]{22,})",
    "a GitLab token": r"\bgl(?:pat|dt|rt|ptt|ft|soat|cbt|imt|agent|oas)-[A-Za-z0-9_\-]{20,}",
    "a key of a model service": r"\b(?:sk-[A-Za-z0-9_\-]{20,}|gsk_[A-Za-z0-9]{20,}|r8_[A-Za-z0-9]{30,}"
    r"|pplx-[a-f0-9]{32,}|xai-[A-Za-z0-9]{40,}|nvapi-[A-Za-z0-9_\-]{40,})",
    "a payment key": r"\b(?:sk|rk|pk)_(?:live|test)_[A-Za-z0-9]{10,}",
    "a Slack token": r"\b(?:xox[abeoprs](?:-[A-Za-z0-9]+){2,}|xapp-[0-9]-[A-Za-z0-9\-]{10,})"
    r"|hooks\.slack\.com/(?:services|workflows)/[A-Za-z0-9+/]{30,}",
    "a Google key": r"\b(?:AIza[A-Za-z0-9_\-]{30,}|ya29\.[A-Za-z0-9_\-]{20,}|GOCSPX-[A-Za-z0-9_\-]{20,})",
    "an AWS key": r"\b(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16}\b"
    r"|(?i:aws[a-z_\-. ]{0,20}(?:secret|key)[a-z_\-. ]{0,20}[\"']?\s{0,3}[:=]\s{0,3}[\"']?[a-z0-9/+=]{40})",
    "what opens a session": r"(?i:authorization[\"']?\s?[:=]\s?[\"']?(?:bearer|basic|token)\s[a-z0-9._~+/=\-]{8,}"
    r"|cookie:\s?[a-z0-9_.\-]{1,60}=[^\s;,]{16,}|[?&]sig=[a-z0-9%+/]{30,}"
    r"|discord(?:app)?\.com/api/webhooks/[0-9]{15,25}/[a-z0-9_\-]{40,})",
    "a token of a package registry": r"\b(?:npm_[A-Za-z0-9]{36}|pypi-[A-Za-z0-9_\-]{50,}|dckr_pat_[A-Za-z0-9_\-]{20,})",
    "a token of a cloud service": r"\b(?:SG\.[A-Za-z0-9_\-]{16,}\.[A-Za-z0-9_\-]{16,}|dop_v1_[a-f0-9]{60,}"
    r"|hv[sb]\.[A-Za-z0-9_\-]{24,}"
    r"|shp(?:at|ca|pa|ss)_[a-fA-F0-9]{32}|dapi[a-f0-9]{32}|key-[0-9a-z]{32}|SK[0-9a-f]{32}|lin_api_[A-Za-z0-9]{32,}"
    r"|sntry[su]_[A-Za-z0-9+/=_\-]{32,}|figd_[A-Za-z0-9_\-]{32,}|ATATT3[A-Za-z0-9_\-=]{20,}|tfp_[A-Za-z0-9_\-.=]{30,}"
    r"|duffel_(?:test|live)_[A-Za-z0-9_\-=]{40,}|fio-u-[A-Za-z0-9_\-=]{40,}|ntn_[A-Za-z0-9]{40,}"
    r"|pat[A-Za-z0-9]{14}\.[a-f0-9]{64}|dp\.(?:pt|ct|sa|scim|audit|st(?:\.[a-z0-9_\-]{1,40})?)\.[A-Za-z0-9]{40,})|sha256~[A-Za-z0-9_\-]{43}"
    r"|AccountKey=[A-Za-z0-9+/=]{60,}",
    "a bot's token": r"\b[0-9]{8,10}:[A-Za-z0-9_\-]{35}\b",
    "a JSON web token": r"\beyJ[A-Za-z0-9_\-]{8,500}\.[A-Za-z0-9_\-]{8,}\.[A-Za-z0-9_\-]{8,}",
    "a token of 40 hex digits": r"\b[0-9a-f]{40}\b",
    "a private key": r"-----BEGIN [A-Z ]{0,30}PRIVATE KEY|\bAGE-SECRET-KEY-1[A-Z0-9]{50,}",
    "a password in an address": r"://[^/\s:@\"'<>]{1,100}:[^/\s:@\"'<>]{1,100}@",
    "a password": r"(?i:\b[a-z_\-]{0,30}(?:api[_\-]?key|access[_\-]?key|secret|token|passwd|password|pwd)"
    r"[\"']?\s{0,3}[:=]\s{0,3}[\"']?(?:[a-z]{0,40}[0-9_\-+/=][a-z0-9_\-+/=!$%&]{11,}|(?=[a-z0-9]{20})[a-z]{0,99}[0-9]))"
    r"|(?i:\b(?:password|passwort|passwd|pwd|пароль)[\"']?\s{0,3}[:=]\s{0,3}[\"']?(?=[^\s\"',;]{0,40}[0-9])"
    r"(?=[^\s\"',;]{0,40}[a-zа-я])[^\s\"',;]{8,})|[\"']key[\"']\s?:\s?[\"'][0-9a-f]{24,64}[\"']",
}
_NUMBERS: Final[Mapping[str, str]] = {
    "a telephone number": r"\+\s?\(?[1-9][0-9\s().\-/\x{a0}\x{2010}-\x{2013}]{6,24}[0-9]"
    r"|\b(?i:tel|telephone|telefon|téléphone|teléfono|telefono|phone|call|fax|mobile|mobil|handy|whatsapp|тел|телефон"
    r"|telefone|τηλ|τηλέφωνο|هاتف|电话|電話|전화)"
    r"[.:]{0,2}\s{0,3}[(0-9][0-9\s().\-/\x{a0}\x{2010}-\x{2013}]{5,20}[0-9]"
    r"|(?<![\w.,])\(?[2-9][0-9]{2}\)?[ .\-][2-9][0-9]{2}[.\-][0-9]{4}\b"
    r"|(?<![\w.,+])00[1-9][0-9][0-9\s().\-/\x{2010}-\x{2013}]{6,22}[0-9](?!\w)"
    r"|(?<![\w.,])0[1-9](?:[ .][0-9]{2}){4}(?![.,]?[0-9])"
    r"|(?<![\w.,/-])0[1-9][0-9]{0,3}(?:/[0-9]{5,8}|-[0-9]{3,4}-[0-9]{4})(?![\w/])"
    r"|(?<![\w.,])8\s?\([0-9]{3,4}\)\s?[0-9]{2,3}-[0-9]{2}-[0-9]{2}\b|\bwa\.me/\+?[0-9]{8,15}\b",
    "a bank account": r"(?i:\biban[:\s]{1,3}[a-z]{2}[0-9]{2}(?:[ \-]?[a-z0-9]{4}){2,7}(?:[ \-]?[a-z0-9]{1,4})?\b)|"
    r"\b[A-Z]{2}[0-9]{2}(?:[ \-]?[A-Z0-9]{4}){2,7}(?:[ \-]?[A-Z0-9]{1,4})?\b",
    "a card number": r"(?<![\w.,])(?:[3-6][0-9]{3}[ \-][0-9]{4}[ \-][0-9]{4}[ \-][0-9]{1,7}"
    r"|3[47][0-9]{2}[ \-][0-9]{6}[ \-][0-9]{5}|3[47][0-9]{13}|4[0-9]{15}|5[1-5][0-9]{14})\b",
    "a social security number": r"(?<![\w.,-])[0-8][0-9]{2}-[0-9]{2}-[0-9]{4}\b",
}
_MACHINES: Final[Mapping[str, str]] = {
    "an address of a machine": r"(?<![\w.])(?:[0-9]{1,3}\.){3}[0-9]{1,3}(?!\w|\.[0-9])"
    r"|(?<![\w:])(?:[0-9A-Fa-f]{0,4}:){2,7}[0-9A-Fa-f]{1,4}(?![\w:])"
    r"|(?<![\w:-])[0-9A-Fa-f]{2}(?:[:-][0-9A-Fa-f]{2}){5}(?![\w:-])",
    "a path of somebody's home": r"(?:/home/|/Users/|[A-Za-z]:[\\/]+Users[\\/]+)[\w.\-]{2,}",
}

_ADDRESS: Final = "an e-mail address"

_TRIGGERS: Final = (
    r"[@\x{ff20}\x{fe6b}\x{ff10}-\x{ff19}]|%(?:25){0,4}40|&(?:amp;){0,4}(?:#|commat)|\\(?:u00|x)40|=40[A-Za-z]",
    r"[(\[{<]\s{0,2}(?i:at|ät|arobase|arroba|chiocciola|собака)\s{0,2}[)\]}>]|(?i:[\s_-]dot[\s_-])",
    r"[\x{ad}\x{34f}\x{180b}-\x{180f}\x{200b}-\x{200f}\x{202a}-\x{202e}\x{2060}-\x{206f}\x{feff}\x{fe00}-\x{fe0f}]",
    r"[\x{660}-\x{669}\x{6f0}-\x{6f9}\x{966}-\x{96f}\x{9e6}-\x{9ef}\x{e50}-\x{e59}]{2}",
    r"(?i:authorization|cookie:|[?&]sig=|api/webhooks)|\bntn_|\bpat[A-Za-z0-9]{14}\.|\bdp\.[a-z]{2,5}\.|AGE-SECRET",
    r"\b(?:hf|api_org|gh[pousr]|github_pat|gsk|r8|[srp]k_live|[srp]k_test|npm|dckr_pat|dop_v1|lin_api|figd)_",
    r"\b(?:sntry[su]|tfp|duffel_test|duffel_live)_|sha256~|ATATT3|\b(?:AIza|ya29|eyJ|SG\.|hv[sb]\.|shp|dapi)",
    r"\b(?:gl[a-z]+|sk|pplx|xai|nvapi|xox[a-z]|xapp|pypi|key|GOCSPX|fio-u)-|hooks\.slack",
    r"AKIA|ASIA|ABIA|ACCA|(?i:aws)|AccountKey|PRIVATE KEY|\bSK[0-9a-f]|[0-9a-f]{40}|://[^/\s]+:[^/\s]+@",
    r"(?i:key|secret|token|passwd|password|passwort|пароль|pwd)[\"']?\s?[:=]",
    r"\+\s?\(?[1-9][0-9]|[0-9][0-9\s().:/\x{2010}-\x{2013}-]{7}",
    r"\b[A-Z]{2}[0-9]{2}[ \x{a0}\x{202f}-]?[A-Z0-9]{4}|(?i:\biban)|wa\.me",
    r"(?i:tel|fon|phone|fono|call|fax|mobile?|handy|whatsapp|тел)[.:\s]+[(0-9]",
)
TRIGGER: Final = "|".join(f"(?:{pattern})" for pattern in _TRIGGERS)
"""What a text holds that may hold something private, in the syntax of RE2, by which Arrow looks at whole columns.

It is short, since Arrow compiles it anew for each array, and true of more than what is private."""


def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(re.sub(r"\\x\{([0-9a-f]+)\}", lambda found: re.escape(chr(int(found[1], 16))), pattern))


_EVERYWHERE = {kind: _compiled(pattern) for kind, pattern in {**_TOKENS, **_NUMBERS}.items()}
_IN_FILES = {kind: _compiled(pattern) for kind, pattern in _MACHINES.items()}
_OF_MACHINES = (
    r"/home/|/Users|\\Users|[0-9]\.[0-9]{1,3}\.[0-9]|:[0-9A-Fa-f]{0,4}:|[0-9A-Fa-f]{2}-[0-9A-Fa-f]{2}-[0-9A-Fa-f]{2}-"
)
_SUSPECT = _compiled(f"{TRIGGER}|{_OF_MACHINES}")
_WRITTEN_AT = re.compile(
    r"\s?[(\[{<]\s{0,2}(?:at|ät|arobase|arroba|chiocciola|собака|@)\s{0,2}[)\]}>]\s?", re.IGNORECASE
)
_WRITTEN_DOT = re.compile(r"\s?[(\[{<]\s{0,2}(?:dot|punkt|point|\.)\s{0,2}[)\]}>]\s?", re.IGNORECASE)
_SPOKEN = re.compile(
    r"(?<=\w)[\s_-]{1,2}at[\s_-]{1,2}((?:(?!(?:the|an?|this|that|one)\b)[^\W_]{1,63}[\s_-]{1,2}dot[\s_-]{1,2}){1,4})(?=[^\W\d_]{2,24}\b)",
    re.IGNORECASE,
)
_SPOKEN_DOT = re.compile(r"[\s_-]{1,2}dot[\s_-]{1,2}", re.IGNORECASE)
_APART = re.compile(r"(?<=\w)\s@\s([^\W_][\w-]{0,61})(?:\.|\s\.\s)(?=[^\W\d_]{2,24}\b)")
_ESCAPED_AT = re.compile(r"\\(?:u00|x)40|=40(?=[A-Za-z])")
_UNSEEN = re.compile("[\u034f\u180b-\u180f\ufe00-\ufe0f\U000e0100-\U000e01ef]")
_MARKS = (
    "\u0300-\u036f\u0591-\u05bd\u0610-\u061a\u064b-\u065f\u0900-\u0dff\u0e31-\u0e4e\u0eb1-\u0ece"
    "\u0f71-\u0f84\u102b-\u103e\u17b4-\u17d3"
)
"""What stands on letters, as in Hindi; `\\w` does not take it for a part of a word."""
_LOCAL = re.compile(rf"(?:\"[^\"\n]{{1,60}}\"|[\w{_MARKS}.!#$%&'*+/=?^`{{|}}~-]{{1,64}})$")
_DOMAIN = re.compile(
    rf"(?:[^\W_][\w{_MARKS}-]{{0,62}}(?<![-_])\.){{1,8}}(?:[^\W\d_][{_MARKS}]{{0,3}}){{2,24}}"
    r"|\[(?:[0-9]{1,3}\.){3}[0-9]{1,3}\]"
)
_LONGEST_LOCAL = 64


def decoded(text: str) -> str:
    """Return a text as it is read once entities, percent signs and invisible characters are gone.

    Examples:
        >>> decoded("ada&#64;example.org, bea%40example.org, cem＠exam\u00adple.org, dea [at] example [dot] org")
        'ada@example.org, bea@example.org, cem@example.org, dea@example.org'
    """
    plain = text
    for _ in range(_LAYERS):
        before = plain
        plain = html.unescape(plain) if "&" in plain else plain
        plain = unquote(plain) if "%" in plain else plain
        if plain == before:
            break
    plain = _ESCAPED_AT.sub("@", plain)
    if not plain.isascii():
        plain = _UNSEEN.sub("", unicodedata.normalize("NFKC", plain)).replace("\u3002", ".")
        plain = "".join(_seen(sign) for sign in plain)
    if any(sign in plain for sign in "([{<"):
        plain = _WRITTEN_DOT.sub(".", _WRITTEN_AT.sub("@", plain))
    plain = _SPOKEN.sub(lambda found: f"@{_SPOKEN_DOT.sub('.', found[1])}", plain)
    return _APART.sub(r"@\1.", plain)


_LAYERS: Final = 4
"""How often a text may have been encoded, one encoding over the other."""


def _seen(sign: str) -> str:
    """Return a sign as it is read: a digit of any script as 0 to 9, nothing for what is not seen."""
    if sign <= "\x7f":
        return sign
    if sign.isdecimal():
        return str(unicodedata.digit(sign))
    return "" if unicodedata.category(sign) == "Cf" else sign


def is_suspect(text: str) -> bool:
    """Tell quickly whether a text may hold anything private; the secrets of this process are not looked for."""
    return _SUSPECT.search(text) is not None


def private_strings(text: str, *, machines: bool = False) -> Iterator[tuple[int, str, str]]:
    """Yield (place, kind, string) of everything private in a text.

    Args:
        text: The text, decoded or not.
        machines: Look for addresses of machines and paths of home directories too: the words of the news have them,
            the words of a project should not.

    Examples:
        >>> [kind for _, kind, _ in private_strings("ask почта@пример.рф or +44 20 7946 0958, not +1 000 000 or 7.5")]
        ['an e-mail address', 'a telephone number']
    """
    found = [(place, _ADDRESS, address) for place, address in _addresses(text)]
    for kind, pattern in (_EVERYWHERE | _IN_FILES if machines else _EVERYWHERE).items():
        holds = _HOLDS.get(kind)
        found += [(hit.start(), kind, hit[0]) for hit in pattern.finditer(text) if holds is None or holds(hit[0])]
    yield from sorted(found)


def _addresses(text: str) -> Iterator[tuple[int, str]]:
    """Yield every e-mail address; each sign "@" is looked at once, with as much before and after it as may belong."""
    for sign in re.finditer("@", text):
        at = sign.start()
        local = _LOCAL.search(text[max(0, at - _LONGEST_LOCAL) : at])
        domain = _DOMAIN.match(text[at + 1 : at + 255])
        if local and domain and (name := local[0].lstrip(".'`")):
            yield at - len(name), f"{name}@{domain[0]}"


def _digits(text: str) -> str:
    return "".join(sign for sign in text if sign.isdigit())


def _is_phone(text: str) -> bool:
    """Tell a telephone number (E.164: 8 to 15 digits) from an amount in groups of three and from years."""
    number = re.sub(r"^[^\d+(]+", "", text)
    digits = _digits(number)
    if re.fullmatch(
        r"\+?\s?[1-9][0-9]{0,2}(?:[\s.\u00a0][0-9]{3})+|[12][0-9]{3}\s?[-\u2010-\u2013/]\s?[12][0-9]{3}", number
    ):
        return False
    if not number.startswith("+"):
        return 6 <= len(digits) <= 15
    return 8 <= len(digits) <= 15 and not re.match(r"1(?:[01]|[2-9]..[01])", digits)


def _is_account(text: str) -> bool:
    """Hold the check digits of an IBAN (ISO 13616)."""
    plain = "".join(sign for sign in re.sub(r"(?i)^iban\b", "", text) if sign.isalnum())
    if not 15 <= len(plain) <= 34:
        return False
    return int("".join(str(int(sign, 36)) for sign in plain[4:] + plain[:4])) % 97 == 1


def _is_card(text: str) -> bool:
    """Hold the check digit of a card number (ISO/IEC 7812, Luhn)."""
    digits = [int(sign) for sign in _digits(text)][::-1]
    doubled = (sum(divmod(2 * digit, 10)) for digit in digits[1::2])
    return 13 <= len(digits) <= 19 and (sum(digits[::2]) + sum(doubled)) % 10 == 0


def _is_social_security(text: str) -> bool:
    area, group, number = text.split("-")
    return area not in ("000", "666") and group != "00" and number != "0000"


def _is_machine(text: str) -> bool:
    """Tell an address from a number of a chapter and from a time of day."""
    if re.fullmatch(r"[0-9A-Fa-f]{2}(?:[:-][0-9A-Fa-f]{2}){5}", text):
        return any(sign.isalpha() for sign in text)
    if "." in text:
        return all(int(part) <= 255 for part in text.split("."))
    groups = [group for group in text.split(":") if group]
    return (len(groups) == 8 and "::" not in text) or (text.count("::") == 1 and 3 <= len(groups) < 8)


_HOLDS: Final[Mapping[str, Callable[[str], bool]]] = {
    "a telephone number": _is_phone,
    "a bank account": _is_account,
    "a card number": _is_card,
    "a social security number": _is_social_security,
    "an address of a machine": _is_machine,
}
"""Kind → what a string of its form must hold besides."""
