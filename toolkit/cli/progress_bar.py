"""A progress bar on a terminal; loaded only where there is one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

from rich.console import Console
from rich.progress import BarColumn, Progress, ProgressColumn, Task, TextColumn, TimeElapsedColumn
from rich.text import Text


class Pace(ProgressColumn):
    """How much is done, how fast, and how long the rest takes at that rate; empty where nothing is counted.

    The rate is that of the whole work: one of the last moments would jump, since several results come at once.
    """

    def render(self, task: Task) -> Text:
        """Return "1,200/9,000  413.9/s  0:00:18 left"."""
        if task.total is None:
            return Text()
        said = f"{task.completed:,.0f}/{task.total:,.0f}"
        if task.elapsed and task.completed:
            rate = task.completed / task.elapsed
            left = timedelta(seconds=round((task.total - task.completed) / rate))
            said += f"  {rate:,.1f}/s  {left} left"
        return Text(said)


@contextmanager
def bar(what: str) -> Iterator[Callable[..., None]]:
    """Show a bar on stderr until the block ends.

    Args:
        what: The word before it.

    Yields:
        A function to call with (done, total), and perhaps a note to show after them; until then it shows that something
        is at work, and for how long.
    """
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TimeElapsedColumn(),
        Pace(),
        TextColumn("{task.fields[note]}"),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as shown:
        task = shown.add_task(what, total=None, note="")
        yield lambda done, total, note="": shown.update(task, completed=done, total=total, note=note)
