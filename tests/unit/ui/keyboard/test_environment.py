"""Keeping the Pinyin decoder from learning, before the application is made."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[4]
PREPARE = "import pathlib, sys; from ui.keyboard.environment import prepare_environment; prepare_environment({}); " + (
    "import os; print(os.environ['QT_IM_MODULE'], os.environ['XDG_CONFIG_HOME'], os.environ.get('QT_IM_MODULES'))"
)


def _run(argument: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """In a process of its own: this one has its application already."""
    return subprocess.run(
        [sys.executable, "-c", PREPARE.format(argument)],
        cwd=ROOT,
        env=os.environ | environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def test_a_folder_takes_the_place_of_the_learned_words(tmp_path: Path) -> None:
    done = _run(f"pathlib.Path({str(tmp_path)!r})", QT_IM_MODULES="wayland;ibus")
    assert done.stdout.split() == ["qtvirtualkeyboard", str(tmp_path), "None"]
    place = tmp_path / "qtvirtualkeyboard" / "pinyin" / "usr_dict.dat"
    assert place.is_dir()
    assert list(place.iterdir()) == []


def test_words_learned_before_are_removed(tmp_path: Path) -> None:
    place = tmp_path / "qtvirtualkeyboard" / "pinyin" / "usr_dict.dat"
    place.parent.mkdir(parents=True)
    place.write_bytes("林小瓯".encode("utf-16-le"))
    assert _run(f"pathlib.Path({str(tmp_path)!r})").returncode == 0
    assert place.is_dir()


def test_by_default_the_users_own_configuration_is_left_alone(tmp_path: Path) -> None:
    done = _run("", XDG_CACHE_HOME=str(tmp_path / "cache"), XDG_CONFIG_HOME=str(tmp_path / "config"), HOME=str(tmp_path))
    assert done.returncode == 0
    assert done.stdout.split()[1] == str(tmp_path / "cache" / "oueban" / "keyboard")
    assert not (tmp_path / "config").exists()


def test_a_place_that_cannot_be_had_is_refused_with_the_reason(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    done = _run(f"pathlib.Path({str(tmp_path / 'file')!r})")
    assert done.returncode != 0
    assert "KeyboardUnavailable: the keyboard cannot be kept from learning words" in done.stderr
