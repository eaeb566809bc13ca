from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from detector.people.oidc.settings import read_oidc, secret_of
from detector.people.records import PeopleError

if TYPE_CHECKING:
    from pathlib import Path

GOOD = 'issuer = "https://id.test"\nclient-id = "a"\n'


def test_the_highest_role_of_several_groups_counts(tmp_path: Path) -> None:
    """And none of no known group."""
    (tmp_path / "secret").write_text("hunter2\n")
    path = tmp_path / "oidc.toml"
    secret = f'client-secret-file = "{tmp_path / "secret"}"\n'
    path.write_text(GOOD + secret + 'provision = true\n[roles]\na = "viewer"\nb = "senior"\n')
    settings = read_oidc(path)
    assert settings.role(["b", "a", "c"]) == "senior"
    assert settings.role(["a"]) == "viewer"
    assert settings.role(["c"]) is None
    assert secret_of(settings) == "hunter2"


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ('issuer = "https://id.test"', "client-id"),
        ('issuer = "http://id.test"\nclient-id = "a"', "needs https"),
        (GOOD + "secret = 'x'", "unknown field `secret`"),
        (GOOD + 'scope = "profile"', "lacks openid"),
        (GOOD + "provision = true", "everybody at the provider would get in"),
        (GOOD + '[roles]\na = "root"', "Invalid enum value 'root'"),
        (GOOD + '[roles]\na = "service"', "'service' is not one of a person"),
        ("issuer", "oidc.toml"),
    ],
)
def test_settings_that_would_not_do_are_named(tmp_path: Path, text: str, why: str) -> None:
    """The field, and what to write."""
    path = tmp_path / "oidc.toml"
    path.write_text(text)
    with pytest.raises(PeopleError, match=why):
        read_oidc(path)


def test_files_that_are_not_there_are_named(tmp_path: Path) -> None:
    """The settings themselves, and the client's secret."""
    with pytest.raises(PeopleError, match="No such file"):
        read_oidc(tmp_path / "oidc.toml")
    path = tmp_path / "oidc.toml"
    path.write_text(GOOD + f'client-secret-file = "{tmp_path / "absent"}"')
    with pytest.raises(PeopleError, match="client-secret-file: FileNotFoundError"):
        secret_of(read_oidc(path))
    path.write_text(GOOD)
    assert secret_of(read_oidc(path)) is None
