"""Coverage-guided fuzzing of `extract`; needs `pip install atheris`, which is not a dependency of the project.

python tests/ingest/fuzz_extract.py -max_total_time=60
"""

import sys

import atheris

with atheris.instrument_imports(include=["toolkit.ingest"]):
    from toolkit.errors import InvalidInput
    from toolkit.ingest import pages, read, rebuild

SOURCES = ("a.txt", "a.html", "a.jsonl", "a.json", "a.gz", "a.warc", "a")


def one_input(data: bytes) -> None:
    provider = atheris.FuzzedDataProvider(data)
    source = SOURCES[provider.ConsumeIntInRange(0, len(SOURCES) - 1)]
    drawn = provider.ConsumeBytes(8192) if provider.ConsumeBool() else provider.ConsumeUnicodeNoSurrogates(4096)
    raw = drawn if isinstance(drawn, bytes) else drawn.encode()
    try:
        found = read(raw, source=source)
    except InvalidInput as fault:
        if not (fault.where and fault.remedy):
            raise AssertionError((source, raw)) from fault
        return
    if source in ("a.txt", "a.html"):
        (page,) = pages(raw, source=source)
        for article in found.articles:
            assert rebuild(article, page) == article.text, (source, raw)


if __name__ == "__main__":
    atheris.Setup(sys.argv, one_input)
    atheris.Fuzz()
