"""Coverage-guided fuzzing of `segment`; needs `pip install atheris`, which is not a dependency of the project.

python tests/segment/fuzz_segment.py -max_total_time=60
"""

import sys

import atheris

with atheris.instrument_imports(include=["toolkit.segment"]):
    from toolkit.segment import LANGUAGES, segment

CODES = (*LANGUAGES, "und")


def one_input(data: bytes) -> None:
    provider = atheris.FuzzedDataProvider(data)
    language = CODES[provider.ConsumeIntInRange(0, len(CODES) - 1)]
    text = provider.ConsumeUnicode(4096)
    at = 0
    for start, end in segment(text, language=language):
        assert at <= start < end <= len(text), (text, language)
        assert not text[at:start].strip(), (text, language)
        assert text[start:end] == text[start:end].strip(), (text, language)
        at = end
    assert not text[at:].strip(), (text, language)


if __name__ == "__main__":
    atheris.Setup(sys.argv, one_input)
    atheris.Fuzz()
