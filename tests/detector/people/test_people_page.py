from __future__ import annotations

import re
from pathlib import Path

import msgspec

from detector.people import limits, passwords
from detector.people.oidc.settings import OidcSettings, check_settings
from detector.people.records import HOUR, PeopleSettings
from detector.people.roles import RIGHTS, ROLES

PAGE = (Path(__file__).parents[3] / "docs" / "people.md").read_text(encoding="utf-8")


def rows(heading: str) -> list[list[str]]:
    """Cells of the first table below a heading."""
    below = PAGE.split(f"## {heading}\n", 1)[1]
    table = below[below.index("\n|") + 1 :].split("\n\n", 1)[0]
    lines = table.splitlines()
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def test_the_table_of_roles_is_what_is_enforced() -> None:
    """Each permission of each role, and no others."""
    head, _, *lines = rows("Roles")
    assert head[2:] == list(ROLES)
    for column, role in enumerate(ROLES, 2):
        said = {line[0].strip("`") for line in lines if line[column] == "yes"}
        assert said == RIGHTS[role], role


def test_the_example_of_a_provider_can_be_used() -> None:
    """As it stands there; and every field is described."""
    example = re.search(r"```toml\n(.*?)```", PAGE, re.DOTALL)
    assert example
    settings = msgspec.toml.decode(example[1], type=OidcSettings)
    check_settings(settings)
    assert settings.role(["soc", "soc-leads"]) == "senior"
    described = [line[0].strip("`") for line in rows("Single sign-on")[2:]]
    assert described == [field.encode_name for field in msgspec.structs.fields(OidcSettings)]


def test_numbers_are_those_in_force() -> None:
    """What the page says in words."""
    told = PeopleSettings()
    assert (told.idle, told.absolute, told.link) == (8 * HOUR, 24 * HOUR, 24 * HOUR)
    assert (limits.PER_NAME.burst, limits.PER_ADDRESS.burst) == (10, 30)
    assert (limits.PER_NAME.seconds, limits.PER_ADDRESS.seconds) == (30, 5)
    assert passwords.SHORTEST == 12
