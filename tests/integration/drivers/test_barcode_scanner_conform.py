"""The conformance run of scanners, on the emulator: good ones pass, each thing that is set up otherwise is found."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from drivers.barcode_scanner import conformance
from drivers.barcode_scanner.__main__ import main
from drivers.barcode_scanner.emulator import Fault, ScannerEmulator
from drivers.barcode_scanner.image_codes import read_codes_file
from drivers.barcode_scanner.profiles import ProfileName
from drivers.barcode_scanner.sample_codes import ASCII, SAMPLE_CODES, write_sample_codes
from drivers.emulation.host import TcpHost

GAP_MS = "150"


@pytest.fixture(autouse=True)
def _short_looks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(conformance, "_LIT_S", 0.3)
    monkeypatch.setattr(conformance, "_WATCHED_S", 2.0)
    monkeypatch.setattr(conformance, "_DARK_S", 0.5)


class Technician:
    """Holds one test code after the other under the scanner, for as long as the run takes."""

    def __init__(self, emulator: ScannerEmulator, prefix: bytes = b"", only: bytes = b"") -> None:
        self._over = threading.Event()
        self._emulator = emulator
        self._codes = [only] if only else [prefix + code.payload for code in SAMPLE_CODES]
        self._thread = threading.Thread(target=self._show)

    def __enter__(self) -> None:
        self._thread.start()

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._emulator.clear_faults()
        self._thread.join()

    def _show(self) -> None:
        number = 0
        while not self._over.wait(0.3):
            if self._emulator.scan(self._codes[number % len(self._codes)]):
                number += 1


class Rig:
    def __init__(self, emulator: ScannerEmulator, url: str, folder: Path) -> None:
        self.emulator, self.url, self.folder = emulator, url, folder

    def conform(self, *options: str, url: str = "") -> tuple[int, dict[str, str]]:
        """Exit code, and the verdict of each check."""
        report = self.folder / "report.json"
        codes = str(self.folder / "codes.png")
        common = ["--gap-ms", GAP_MS, "--timeout", "8", "--codes", codes, "--report", str(report)]
        exit_code = main(["conform", "--url", url or self.url, *common, *options])
        return exit_code, {check["name"]: check["verdict"] for check in json.loads(report.read_text("utf-8"))["checks"]}


@pytest.fixture(params=list(ProfileName))
def profile(request: pytest.FixtureRequest) -> ProfileName:
    return ProfileName(request.param)


@pytest.fixture
def subject(profile: ProfileName, tmp_path: Path) -> Iterator[Rig]:
    emulator = ScannerEmulator(profile=profile)
    with TcpHost(emulator) as host:
        yield Rig(emulator, host.url, tmp_path)


def test_a_good_scanner_conforms_and_its_recording_too(subject: Rig, profile: ProfileName) -> None:
    recording = subject.folder / "scanner.transcript"
    with Technician(subject.emulator):
        exit_code, found = subject.conform("--profile", profile, "--framing", "cr", "--record", str(recording))
    assert exit_code == 0, found
    assert {found[f"code_{name}"] for name in ("ascii", "utf_8", "gb18030")} == {"passed"}
    assert found["code_line_ends"] == "failed", "a code with line ends is cut where they are the suffix"
    assert found["trigger_acknowledged"] == ("passed" if profile in (ProfileName.NEWLAND, ProfileName.GM65) else "skipped")
    assert found["dark"] == ("skipped" if profile is ProfileName.PASSIVE else "passed")
    replayed = subject.conform("--profile", profile, "--framing", "cr", url=f"replay://{recording}")
    assert replayed == (exit_code, found)


only_passive = pytest.mark.parametrize("profile", [ProfileName.PASSIVE], indirect=True)


@only_passive
def test_by_gap_line_ends_are_no_trouble(subject: Rig) -> None:
    with Technician(subject.emulator):
        exit_code, found = subject.conform("--framing", "gap")
    assert (exit_code, found["code_line_ends"]) == (0, "passed")


@only_passive
@pytest.mark.parametrize(("prefix", "options", "is_good"), [
    (b"", ("--framing", "crlf"), False),
    (b"", ("--framing", "none"), False),
    (b"]Q1", ("--framing", "cr"), False),
    (b"]Q1", ("--framing", "cr", "--aim"), True),
    (b"", ("--framing", "cr", "--aim"), False),
    (b"XYZ9", ("--framing", "cr"), False),
])  # fmt: skip
def test_what_is_set_up_otherwise_is_found(subject: Rig, prefix: bytes, options: tuple[str, ...], is_good: bool) -> None:
    with Technician(subject.emulator, prefix):
        exit_code, found = subject.conform(*options)
    assert (exit_code == 0, found["code_ascii"] == "passed") == (is_good, is_good)


@only_passive
def test_a_code_that_nobody_shows_is_a_failure(subject: Rig) -> None:
    exit_code, found = subject.conform("--timeout", "0.3")
    assert (exit_code, found["code_ascii"], found["answers"]) == (1, "failed", "passed")


@pytest.mark.parametrize("profile", [ProfileName.NEWLAND], indirect=True)
def test_a_scanner_of_another_maker_does_not_conform(subject: Rig) -> None:
    subject.emulator.faults.inject(Fault.WRONG_PROFILE)
    exit_code, found = subject.conform("--profile", "newland", "--timeout", "0.3")
    assert (exit_code, found["answers"], found["trigger_acknowledged"]) == (1, "failed", "failed")


@pytest.mark.parametrize("profile", [ProfileName.GM65], indirect=True)
def test_a_scanner_that_sends_in_the_dark_does_not_conform(subject: Rig) -> None:
    with Technician(subject.emulator):
        subject.emulator._light_s = 1e6  # once on it stays on, whatever it is told
        subject.emulator.scan = _always(subject.emulator)  # type: ignore[method-assign]
        exit_code, found = subject.conform("--profile", "gm65", "--framing", "cr")
    assert (exit_code, found["dark"]) == (1, "failed")


@pytest.mark.parametrize("profile", [ProfileName.GM65], indirect=True)
def test_what_cannot_be_read_is_not_nothing_in_the_dark(subject: Rig) -> None:
    with Technician(subject.emulator, only=b"\xff\xff\xff"):
        subject.emulator._light_s = 1e6
        subject.emulator.scan = _always(subject.emulator)  # type: ignore[method-assign]
        _, found = subject.conform("--profile", "gm65", "--framing", "cr", "--timeout", "0.3")
    assert found["dark"] == "failed"


def _always(emulator: ScannerEmulator) -> Callable[[bytes], bool]:
    scan = ScannerEmulator.scan

    def lit(payload: bytes) -> bool:
        emulator._lit_until_s = float("inf")
        return scan(emulator, payload)

    return lit


def test_no_scanner_is_one_line_and_exit_code_1(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["--report", str(tmp_path / "r.md"), "--codes", str(tmp_path / "c.png")]
    assert main(["conform", "--url", "/dev/no-such-scanner", *arguments]) == 1
    assert "cannot be opened" in capsys.readouterr().err
    arguments[3] = str(tmp_path / "no-folder" / "c.png")
    assert main(["conform", "--url", "/dev/no-such-scanner", *arguments]) == 2


def test_the_picture_of_test_codes_holds_them_all(tmp_path: Path) -> None:
    write_sample_codes(tmp_path / "codes.png")
    found = read_codes_file(tmp_path / "codes.png")
    assert isinstance(found, list)
    assert {(code.raw, code.text) for code in found} == {(code.payload, code.text) for code in SAMPLE_CODES}
    assert ASCII.text.isascii()
