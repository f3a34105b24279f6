"""Record `toolkit demo` as an animated SVG, and the page that it ends with as pictures.

python scripts/recording.py DIR     makes DIR/demo-project; writes demo.svg, report.png and ledger.png in docs/images
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterable
from html import escape
from pathlib import Path

ROOT = Path(__file__).parents[1]
IMAGES = ROOT / "docs" / "images"
SECONDS, HOLD = 55.0, 5.0  # the recording is squeezed into so many seconds, and its end stands so long
WIDTH, LINE, SHOWN = 108, 19, 30  # characters of a line; pixels between lines; lines of the window


def record(folder: Path) -> list[tuple[float, str]]:
    """Run the demonstration and return each line that it prints with the second in which it came."""
    known = os.environ | {"NO_COLOR": "1", "HF_DATASETS_DISABLE_PROGRESS_BARS": "1", "PYTHONUNBUFFERED": "1"}
    command = [sys.executable, "-m", "toolkit", "demo", "demo-project"]
    began, lines = time.monotonic(), [(0.0, "$ toolkit demo")]
    with subprocess.Popen(
        command, cwd=folder, env=known, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as program:
        for line in program.stdout or ():
            if not line.startswith(("password", "  starting the server")):
                lines.append((time.monotonic() - began, line.rstrip("\n").replace(str(folder), "~")))
    if program.returncode:
        raise SystemExit(f"the demonstration failed:\n{lines[-1][1]}")
    return lines


def drawn(lines: Iterable[tuple[float, str]]) -> str:
    """Return the recording: each line appears at its time, and the text moves up as on a terminal."""
    told = list(lines)
    scale = SECONDS / max(told[-1][0], 1e-9)
    whole = SECONDS + HOLD
    shown = [(0.0, 0)] + [(when * scale, at - SHOWN + 1) for at, (when, _) in enumerate(told) if at >= SHOWN]
    moves = "".join(f"{100 * when / whole:.3f}%{{transform:translateY({-LINE * max(up, 0)}px)}}" for when, up in shown)
    text = "".join(
        f'<text y="{LINE * (at + 1)}" style="animation-delay:{when * scale:.2f}s">{escape(line[:WIDTH]) or " "}</text>'
        for at, (when, line) in enumerate(told)
    )
    last = -LINE * max(len(told) - SHOWN, 0)
    wide, high = WIDTH * 8 + 32, SHOWN * LINE + 52
    return f"""\
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {wide} {high}" role="img" aria-label="A recording of toolkit demo">
<style>
rect {{ fill: #15181d }} circle {{ fill: #596273 }}
text {{ font: 13px ui-monospace, Menlo, Consolas, monospace; fill: #e8ebf0; white-space: pre; opacity: 0;
  animation: come 1ms forwards }}
g {{ transform: translateY({last}px); animation: move {whole:g}s step-end 1 }}
@keyframes come {{ to {{ opacity: 1 }} }}
@keyframes move {{ {moves}100%{{transform:translateY({last}px)}} }}
@media (prefers-reduced-motion: reduce) {{ text, g {{ animation: none; opacity: 1 }} }}
</style>
<rect width="{wide}" height="{high}" rx="10"/>
<circle cx="20" cy="16" r="5"/><circle cx="38" cy="16" r="5"/><circle cx="56" cy="16" r="5"/>
<svg x="16" y="32" width="{wide - 32}" height="{SHOWN * LINE + 6}"><g>{text}</g></svg>
</svg>
"""


def picture(page: Path, target: Path, *, anchor: str = "") -> None:
    """Write a screen of a page, the first one or where an anchor stands, as it is at 1280 × 900."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        browser = play.chromium.launch(
            executable_path=os.environ.get("TOOLKIT_CHROMIUM", "/usr/bin/chromium"), args=["--no-sandbox"]
        )
        shown = browser.new_page(viewport={"width": 1280, "height": 900})
        shown.goto(f"{page.resolve().as_uri()}#{anchor}")
        shown.wait_for_timeout(500)  # charts above the anchor are laid out as they come into view
        shown.goto(f"{page.resolve().as_uri()}#{anchor}")
        shown.screenshot(path=target)
        browser.close()


if __name__ == "__main__":
    place = Path(sys.argv[1]).resolve()
    place.mkdir(parents=True, exist_ok=True)
    (IMAGES / "demo.svg").write_text(drawn(record(place)), encoding="utf-8")
    project = place / "demo-project"
    for words in (["ledger"], ["report"]):
        subprocess.run([sys.executable, "-m", "toolkit", *words, "--project", project], check=True)
    picture(project / "reports" / "report.html", IMAGES / "report.png")
    picture(project / "reports" / "report.html", IMAGES / "ledger.png", anchor="ledger")
