from __future__ import annotations

import logging
import os
import shutil
import stat
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offline_queue.errors import KnownError
from offline_queue.identity import IdentityStore
from offline_queue.key_wrapping import (
    MAX_KEY_FILE_BYTES,
    KeyWrapError,
    PlainFile,
    SystemdCreds,
    from_file,
    known_wrappers,
    make_wrapper,
    to_file,
    wrapper_name,
)
from tests.helpers.fake_systemd_creds import FakeSystemdCreds
from tests.unit.offline_queue.test_identity import adopt, answer

SECRET = bytes(range(224, 256))


@pytest.fixture
def fake(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FakeSystemdCreds:
    made = FakeSystemdCreds(tmp_path / "bin")
    monkeypatch.setenv("PATH", str(made.folder), prepend=os.pathsep)
    return made


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "identity"


def key_file(folder: Path) -> Path:
    (found,) = folder.glob("signing-*.key")
    return found


# The file


@given(st.binary(max_size=100))
def test_what_is_written_is_read_again(secret: bytes) -> None:
    content = to_file(secret, PlainFile())
    assert wrapper_name(content) == "file"
    assert from_file(content, known_wrappers()) == secret


@given(st.binary(max_size=200).filter(lambda content: len(content) != 32))
def test_what_is_no_key_file_is_told(content: bytes) -> None:
    with pytest.raises(KeyWrapError, match="key_unreadable"):
        from_file(content, known_wrappers())


@pytest.mark.parametrize(
    "content",
    [
        b"oueban-key-1 file",
        b"oueban-key-1 \nx",
        b"oueban-key-1 ../../x\ny",
        b"oueban-key-1 unknown\nblob",
        b"oueban-key-2 file\nblob",
        b"oueban-key-1 " + b"a" * 33 + b"\n",
        b"oueban-key-1 file\n" + bytes(MAX_KEY_FILE_BYTES),
    ],
)
def test_foreign_and_oversized_files_are_told(content: bytes) -> None:
    with pytest.raises(KeyWrapError, match="key_unreadable"):
        from_file(content, known_wrappers())


def test_a_raw_key_of_an_earlier_version_is_read() -> None:
    assert from_file(SECRET, {}) == SECRET
    assert wrapper_name(SECRET) == "file"


def test_wrappers_are_made_by_name() -> None:
    assert [make_wrapper(name).name for name in ("file", "systemd-creds")] == ["file", "systemd-creds"]


# The program, as a stand-in


def test_the_secret_is_in_no_argument(fake: FakeSystemdCreds) -> None:
    content = to_file(SECRET, SystemdCreds("tpm2"))
    assert SECRET not in content
    assert from_file(content, known_wrappers()) == SECRET
    assert [line.split()[0] for line in fake.arguments()] == ["encrypt", "decrypt", "decrypt"]
    assert "--with-key=tpm2" in fake.arguments()[0]
    assert all(line.endswith(" - -") and "--name=oueban-signing-key" in line for line in fake.arguments())


@pytest.mark.parametrize(("user_id", "scoped"), [(0, False), (1000, True)])
def test_without_root_the_users_own_scope_is_asked_for(
    fake: FakeSystemdCreds, monkeypatch: pytest.MonkeyPatch, user_id: int, scoped: bool
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: user_id)
    assert SystemdCreds().wrap(SECRET)
    assert ("--user" in fake.arguments()[0].split()) is scoped


@pytest.mark.parametrize(
    ("fault", "code", "told"),
    [
        ("refuse", "key_refused", "TPM2 refuses"),
        ("silent", "key_refused", "no reason given"),
        ("lie", "key_refused", "does not give back"),
        ("empty", "key_refused", "0 bytes"),
        ("flood", "key_refused", "bytes"),
    ],
)
def test_a_program_that_fails_is_told_in_one_line(fake: FakeSystemdCreds, fault: str, code: str, told: str) -> None:
    fake.tell(fault)
    with pytest.raises(KeyWrapError) as caught:
        to_file(SECRET, SystemdCreds())
    assert caught.value.code == code
    assert told in str(caught.value)
    assert "\n" not in str(caught.value)
    assert not caught.value.may_pass


def test_a_program_that_hangs_is_ended(fake: FakeSystemdCreds) -> None:
    fake.tell("hang")
    with pytest.raises(KeyWrapError) as caught:
        SystemdCreds(timeout_s=0.3).wrap(SECRET)
    assert (caught.value.code, caught.value.may_pass) == ("key_program_timeout", True)
    # Nothing that holds the secret hangs on the error.
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__


def test_a_missing_program_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(KeyWrapError, match=r"systemd-creds cannot be started: No such file") as caught:
        SystemdCreds().wrap(SECRET)
    assert (caught.value.code, caught.value.may_pass) == ("key_program_missing", True)


# The identity


def test_an_identity_kept_by_a_wrapper_survives_a_restart(fake: FakeSystemdCreds, folder: Path) -> None:
    public_key = adopt(IdentityStore(folder, wrapper=SystemdCreds()))
    again = IdentityStore(folder)
    present = again.current()
    assert present
    assert present.public_key == public_key
    assert present.signing_key.private_bytes_raw() not in key_file(folder).read_bytes()
    assert (again.problem, again.key_protection) == ("", "systemd-creds")


def test_a_raw_key_is_moved_under_a_wrapper_and_back(fake: FakeSystemdCreds, folder: Path) -> None:
    public_key = adopt(IdentityStore(folder))
    raw = from_file(key_file(folder).read_bytes(), known_wrappers())
    key_file(folder).write_bytes(raw)
    for wrapper in (SystemdCreds(), PlainFile()):
        subject = IdentityStore(folder)
        assert subject.rewrap(wrapper)
        assert not subject.rewrap(wrapper)
        assert (raw in key_file(folder).read_bytes()) is (wrapper.name == "file")
        assert stat.S_IMODE(key_file(folder).stat().st_mode) == 0o600
        again = IdentityStore(folder)
        present = again.current()
        assert present
        assert (present.public_key, again.key_protection) == (public_key, wrapper.name)


def test_enrolling_again_writes_by_the_new_wrapper(fake: FakeSystemdCreds, folder: Path) -> None:
    adopt(IdentityStore(folder))
    subject = IdentityStore(folder, wrapper=SystemdCreds())
    assert subject.key_protection == "file"
    adopt(subject)
    assert (subject.key_protection, IdentityStore(folder).key_protection) == ("systemd-creds", "systemd-creds")


def test_a_machine_without_identity_has_nothing_to_rewrap_but_keeps_the_choice(fake: FakeSystemdCreds, folder: Path) -> None:
    subject = IdentityStore(folder)
    assert not subject.rewrap(SystemdCreds())
    adopt(subject)
    assert subject.key_protection == "systemd-creds"


@pytest.mark.parametrize("fault", ["refuse", "lie", "empty"])
def test_a_wrapper_that_fails_leaves_the_key_as_it_was(fake: FakeSystemdCreds, folder: Path, fault: str) -> None:
    subject = IdentityStore(folder)
    adopt(subject)
    before = key_file(folder).read_bytes()
    fake.tell(fault)
    with pytest.raises(KnownError, match="key_refused"):
        subject.rewrap(SystemdCreds())
    assert key_file(folder).read_bytes() == before
    assert IdentityStore(folder).current()
    assert subject.key_protection == "file"


@pytest.mark.expects_warnings
@pytest.mark.parametrize("fault", ["refuse", "lie", "silent", "empty"])
def test_a_key_that_cannot_be_unwrapped_is_lost_and_one_line_says_why(
    fake: FakeSystemdCreds, folder: Path, caplog: pytest.LogCaptureFixture, fault: str
) -> None:
    public_key = adopt(IdentityStore(folder, wrapper=SystemdCreds()))
    fake.tell(fault)
    again = IdentityStore(folder)
    assert (again.problem, again.current(), again.known_public_keys()) == ("key_lost", None, (public_key,))
    assert all("\n" not in record.getMessage() for record in caplog.records)
    fake.tell()
    assert IdentityStore(folder).current()


@pytest.mark.expects_warnings
def test_a_disk_in_another_machine_holds_no_key(fake: FakeSystemdCreds, folder: Path) -> None:
    adopt(IdentityStore(folder, wrapper=SystemdCreds()))
    fake.tell(machine="another")
    assert IdentityStore(folder).problem == "key_lost"


def test_a_key_to_enrol_with_is_not_given_up_for_a_hindrance_that_may_pass(
    fake: FakeSystemdCreds, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    subject = IdentityStore(folder, wrapper=SystemdCreds())
    first = subject.prepare_key().private_bytes_raw()
    with monkeypatch.context() as elsewhere:
        elsewhere.setenv("PATH", str(folder))
        with pytest.raises(KnownError, match="key_program_missing"):
            subject.prepare_key()
    assert subject.prepare_key().private_bytes_raw() == first
    fake.tell(machine="another")
    assert subject.prepare_key().private_bytes_raw() != first


def test_a_crash_while_rewrapping_leaves_one_good_key(
    fake: FakeSystemdCreds, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    public_key = adopt(IdentityStore(folder))

    def crash(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as power_cut:
        power_cut.setattr(Path, "replace", crash)
        with pytest.raises(KeyboardInterrupt):
            IdentityStore(folder).rewrap(SystemdCreds())
    present = IdentityStore(folder).current()
    assert present
    assert present.public_key == public_key


# Modes


@pytest.mark.expects_warnings
def test_files_others_can_read_are_closed_to_them_and_that_is_told_once(folder: Path, caplog: pytest.LogCaptureFixture) -> None:
    subject = IdentityStore(folder)
    adopt(subject)
    subject.prepare_key()
    wide = sorted(folder.iterdir())
    assert len(wide) == 3
    for path, mode in zip(wide, (0o644, 0o640, 0o666), strict=True):
        path.chmod(mode)
    with caplog.at_level(logging.WARNING):
        assert IdentityStore(folder).current()
        assert IdentityStore(folder).current()
    assert {stat.S_IMODE(path.stat().st_mode) for path in wide} == {0o600}
    (told,) = [record.getMessage() for record in caplog.records]
    assert all(path.name in told for path in wide)


@pytest.mark.expects_warnings
def test_a_mode_that_cannot_be_changed_does_not_stop_the_machine(
    folder: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    adopt(IdentityStore(folder))
    key_file(folder).chmod(0o644)

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(Path, "chmod", refuse)
    assert IdentityStore(folder).current()
    assert "Operation not permitted" in caplog.text


# The true program


def true_program_fails() -> str:
    """Why the true program is of no use here; empty when it is."""
    if shutil.which("systemd-creds") is None:
        return "there is no systemd-creds on this machine"
    tried = subprocess.run(
        ["systemd-creds", "encrypt", "--name=trial", "--with-key=host", "-", "-"],
        input=b"trial",
        capture_output=True,
        check=False,
    )
    return f"systemd-creds cannot encrypt here: {tried.stderr.decode(errors='replace').strip()}" if tried.returncode else ""


WHY_NOT = true_program_fails()
with_the_true_program = pytest.mark.skipif(bool(WHY_NOT), reason=WHY_NOT or "usable")


@with_the_true_program
@pytest.mark.parametrize(
    "secret", [SECRET, bytes(32), b"\r\n" * 16, os.urandom(32)], ids=["text", "zeros", "line ends", "random"]
)
def test_the_true_program_gives_back_what_it_was_given(secret: bytes) -> None:
    content = to_file(secret, SystemdCreds("host"))
    assert secret not in content
    assert from_file(content, known_wrappers()) == secret


@with_the_true_program
def test_the_true_program_binds_the_purpose_and_finds_damage() -> None:
    blob = SystemdCreds("host").wrap(SECRET)
    for wrapper, given_blob in (
        (SystemdCreds("host", credential="another"), blob),
        (SystemdCreds("host"), blob[:-9] + b"AAAAAAA=\n"),
        (SystemdCreds("host"), b"nonsense"),
    ):
        with pytest.raises(KeyWrapError) as caught:
            wrapper.unwrap(given_blob)
        assert caught.value.code == "key_refused"
        assert "\n" not in str(caught.value)


@with_the_true_program
@pytest.mark.skipif(Path("/dev/tpmrm0").exists(), reason="this machine has a TPM")
def test_a_missing_tpm_is_told_by_the_true_program() -> None:
    with pytest.raises(KeyWrapError) as caught:
        SystemdCreds("tpm2").wrap(SECRET)
    assert caught.value.code == "key_refused"
    assert "no reason given" not in str(caught.value)


@with_the_true_program
def test_the_true_program_keeps_an_identity(folder: Path) -> None:
    subject = IdentityStore(folder, wrapper=SystemdCreds("host"))
    made = subject.adopt(answer(), subject.prepare_key(), "https://platform.example", "测试机")
    again = IdentityStore(folder).current()
    assert again
    assert again.signing_key.private_bytes_raw() == made.signing_key.private_bytes_raw()
    assert made.signing_key.private_bytes_raw() not in b"".join(path.read_bytes() for path in folder.iterdir())
