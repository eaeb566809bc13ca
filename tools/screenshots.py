"""Photographs the console with the sample log for the README: `python -m tools.screenshots`."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated, Final, Literal

import httpx
import typer

from detector.demo.sample import recent_sample
from tests.support.chromium import launched, watched
from tests.support.console import eventually
from tests.support.console_process import console_process

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext

    from tests.support.console import Console

PICTURES: Final = Path("docs/pictures")
SIZE: Final = {"width": 1440, "height": 900}
FOUND: Final = 4
"""cases that the sample leads to"""


@dataclass(frozen=True, slots=True)
class Picture:
    """A page, under the name of its file."""

    name: str
    path: str
    scheme: Literal["light", "dark"] = "light"
    keys: tuple[str, ...] = ()
    """pressed before"""
    height: int = SIZE["height"]
    """of the picture, from the top of the page"""


def main(out: Annotated[Path, typer.Option("--out", help="Folder for the pictures.")] = PICTURES) -> None:
    """Serve the sample log in a process of its own and photograph what is found."""
    out.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory() as folder, console_process(Path(folder)) as console:
        found = findings(console)
        console.person("Ada", "admin")
        session = console.session("Ada")
        with launched() as browser, watched(browser, storage_state=session, viewport=SIZE) as context:
            for picture in pictures(found):
                photograph(context, console.origin, picture, out)


def findings(console: Console) -> dict[str, str]:
    """The first case of each kind, once the stream has read the sample."""
    with httpx.Client(base_url=console.origin, headers=console.sender("triage"), timeout=30) as client:
        events = b"\n".join(recent_sample(console.now()).lines)
        client.post("/v1/events", content=events).raise_for_status()

        def listed() -> list[dict[str, str]]:
            cases: list[dict[str, str]] = client.get("/v1/cases").json()["items"]
            return cases if len(cases) >= FOUND else []

        return {one["kind"]: one["subject_id"] for one in reversed(eventually(listed))}


def pictures(found: dict[str, str]) -> tuple[Picture, ...]:
    """What the README shows."""
    campaign = f"/console/campaigns/{found['campaign']}"
    return (
        Picture("queue", "/console/queue", keys=("j", "e"), height=680),
        Picture("campaign", campaign),
        Picture("campaign-dark", campaign, "dark"),
        Picture("account", f"/console/accounts/{found['account']}"),
        Picture("overview", "/console?span=week"),
    )


def photograph(context: BrowserContext, origin: str, picture: Picture, out: Path) -> None:
    """Save one page."""
    with closing(context.new_page()) as page:
        page.emulate_media(color_scheme=picture.scheme)
        page.goto(origin + picture.path)
        for key in picture.keys:
            page.keyboard.press(key)
        page.wait_for_load_state("networkidle")
        page.screenshot(
            path=out / f"console-{picture.name}.png",
            clip={"x": 0, "y": 0, "width": SIZE["width"], "height": picture.height},
        )


if __name__ == "__main__":
    typer.run(main)
