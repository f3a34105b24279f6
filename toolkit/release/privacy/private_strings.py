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
    "a token of a package registry": r"\b(?:npm_[A-Za-z0-9]{36}|pypi-[A-Za-z0-9_\-]{50,}|dckr_pat_[A-Za-z0-9_\-]{20,})",
    "a token of a cloud service": r"\b(?:SG\.[A-Za-z0-9_\-]{16,}\.[A-Za-z0-9_\-]{16,}|dop_v1_[a-f0-9]{60,}"
    r"|hv[sb]\.[A-Za-z0-9_\-]{24,}"
    r"|shp(?:at|ca|pa|ss)_[a-fA-F0-9]{32}|dapi[a-f0-9]{32}|key-[0-9a-z]{32}|SK[0-9a-f]{32}|lin_api_[A-Za-z0-9]{32,}"
    r"|sntry[su]_[A-Za-z0-9+/=_\-]{32,}|figd_[A-Za-z0-9_\-]{32,}|ATATT3[A-Za-z0-9_\-=]{20,}|tfp_[A-Za-z0-9_\-.=]{30,}"
    r"|duffel_(?:test|live)_[A-Za-z0-9_\-=]{40,}|fio-u-[A-Za-z0-9_\-=]{40,})|sha256~[A-Za-z0-9_\-]{43}"
    r"|AccountKey=[A-Za-z0-9+/=]{60,}",
    "a bot's token": r"\b[0-9]{8,10}:[A-Za-z0-9_\-]{35}\b",
    "a JSON web token": r"\beyJ[A-Za-z0-9_\-]{8,500}\.[A-Za-z0-9_\-]{8,}\.[A-Za-z0-9_\-]{8,}",
    "a token of 40 hex digits": r"\b[0-9a-f]{40}\b",
    "a private key": r"-----BEGIN [A-Z ]{0,30}PRIVATE KEY",
    "a password in an address": r"://[^/\s:@\"'<>]{1,100}:[^/\s:@\"'<>]{1,100}@",
    "a password": r"(?i:\b[a-z_\-]{0,30}(?:api[_\-]?key|access[_\-]?key|secret|token|passwd|password|pwd)"
    r"[\"']?\s{0,3}[:=]\s{0,3}[\"']?(?:[a-z]{0,40}[0-9_\-+/=][a-z0-9_\-+/=!$%&]{11,}))",
}
_NUMBERS: Final[Mapping[str, str]] = {
    "a telephone number": r"\+\s?\(?[1-9][0-9\s().\-/\x{a0}\x{2010}-\x{2013}]{6,24}[0-9]"
    r"|\b(?i:tel|telephone|telefon|téléphone|teléfono|telefono|phone|call|fax|mobile|mobil|handy|whatsapp|тел|телефон)"
    r"[.:]{0,2}\s{0,3}[(0-9][0-9\s().\-/\x{a0}\x{2010}-\x{2013}]{5,20}[0-9]"
    r"|(?<![\w.,])\(?[2-9][0-9]{2}\)?[ .\-][2-9][0-9]{2}[.\-][0-9]{4}\b",
    "a bank account": r"\b[A-Z]{2}[0-9]{2}(?:[ \-]?[A-Z0-9]{4}){2,7}(?:[ \-]?[A-Z0-9]{1,4})?\b",
    "a card number": r"(?<![\w.,])(?:[3-6][0-9]{3}[ \-][0-9]{4}[ \-][0-9]{4}[ \-][0-9]{1,7}"
    r"|3[47][0-9]{13}|4[0-9]{15}|5[1-5][0-9]{14})\b",
    "a social security number": r"(?<![\w.,-])[0-8][0-9]{2}-[0-9]{2}-[0-9]{4}\b",
}
_MACHINES: Final[Mapping[str, str]] = {
    "an address of a machine": r"\b(?:[0-9]{1,3}\.){3}[0-9]{1,3}\b|\b(?:[0-9A-Fa-f]{1,4}:){7}[0-9A-Fa-f]{1,4}\b",
    "a path of somebody's home": r"(?:/home/|/Users/|[A-Za-z]:\\+Users\\+)[\w.\-]{2,}",
}

_ADDRESS: Final = "an e-mail address"

_TRIGGERS: Final = (
    r"[@\x{ff20}\x{fe6b}\x{ff10}-\x{ff19}]|%(?:25)?40|&#|&commat|[(\[{<]\s?(?i:at|ät)\s?[)\]}>]",
    r"\b(?:hf|api_org|gh[pousr]|github_pat|gsk|r8|[srp]k_live|[srp]k_test|npm|dckr_pat|dop_v1|lin_api|figd)_",
    r"\b(?:sntry[su]|tfp|duffel_test|duffel_live)_|sha256~|ATATT3|\b(?:AIza|ya29|eyJ|SG\.|hv[sb]\.|shp|dapi)",
    r"\b(?:gl[a-z]+|sk|pplx|xai|nvapi|xox[a-z]|xapp|pypi|key|GOCSPX|fio-u)-|hooks\.slack",
    r"AKIA|ASIA|ABIA|ACCA|(?i:aws)|AccountKey|PRIVATE KEY|\bSK[0-9a-f]|[0-9a-f]{40}|://[^/\s]+:[^/\s]+@",
    r"(?i:key|secret|token|passwd|password|pwd)[\"']?\s?[:=]",
    r"\+\s?\(?[1-9][0-9]|[0-9][0-9\s().:\x{2010}-\x{2013}-]{7}|\b[A-Z]{2}[0-9]{2}[ -]?[A-Z0-9]{4}",
    r"(?i:tel|fon|phone|fono|call|fax|mobile?|handy|whatsapp|тел)[.:\s]+[(0-9]",
)
TRIGGER: Final = "|".join(f"(?:{pattern})" for pattern in _TRIGGERS)
"""What a text holds that may hold something private, in the syntax of RE2, by which Arrow looks at whole columns.

It is short, since Arrow compiles it anew for each array, and true of more than what is private."""


def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(re.sub(r"\\x\{([0-9a-f]+)\}", lambda found: re.escape(chr(int(found[1], 16))), pattern))


_EVERYWHERE = {kind: _compiled(pattern) for kind, pattern in {**_TOKENS, **_NUMBERS}.items()}
_IN_FILES = {kind: _compiled(pattern) for kind, pattern in _MACHINES.items()}
_SUSPECT = _compiled(
    "|".join([TRIGGER, r"/home/|/Users/|\\Users|[0-9]\.[0-9]{1,3}\.[0-9]|[0-9A-Fa-f]:[0-9A-Fa-f]{1,4}:[0-9A-Fa-f]"])
)
_WRITTEN_AT = re.compile(r"\s?[(\[{<]\s{0,2}(?:at|ät|@)\s{0,2}[)\]}>]\s?", re.IGNORECASE)
_WRITTEN_DOT = re.compile(r"\s?[(\[{<]\s{0,2}(?:dot|punkt|point|\.)\s{0,2}[)\]}>]\s?", re.IGNORECASE)
_LOCAL = re.compile(r"[\w.!#$%&'*+/=?^`{|}~-]{1,64}$")
_DOMAIN = re.compile(r"(?:[^\W_](?:[\w-]{0,61}[^\W_])?\.){1,8}[^\W\d_]{2,24}")
_LONGEST_LOCAL = 64


def decoded(text: str) -> str:
    """Return a text as it is read once entities, percent signs and invisible characters are gone.

    Examples:
        >>> decoded("ada&#64;example.org, bea%40example.org, cem＠exam\u00adple.org, dea [at] example [dot] org")
        'ada@example.org, bea@example.org, cem@example.org, dea@example.org'
    """
    plain = html.unescape(text) if "&" in text else text
    plain = unquote(unquote(plain)) if "%" in plain else plain
    if not plain.isascii():
        plain = "".join(sign for sign in unicodedata.normalize("NFKC", plain) if unicodedata.category(sign) != "Cf")
    return _WRITTEN_DOT.sub(".", _WRITTEN_AT.sub("@", plain)) if any(sign in plain for sign in "([{<") else plain


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
    plain = "".join(sign for sign in text if sign.isalnum())
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
    return ":" in text or all(int(part) <= 255 for part in text.split("."))


_HOLDS: Final[Mapping[str, Callable[[str], bool]]] = {
    "a telephone number": _is_phone,
    "a bank account": _is_account,
    "a card number": _is_card,
    "a social security number": _is_social_security,
    "an address of a machine": _is_machine,
}
"""Kind → what a string of its form must hold besides."""
