"""A real cupsd of one's own, in a temporary folder, on a unix socket; the machine's printing service is not touched.

Works as root (the scheduler then gives its jobs to the user ``lp``) and as a plain user (all runs as that user). The rules for
jobs are those of Debian's ``cupsd.conf``: only the owner of a job may cancel it.
"""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

from drivers.document_printer.errors import CupsMissing
from drivers.types import Deadline

_START_S = 10.0
_STOP_S = 5.0
_SERVER_BIN = Path("/usr/lib/cups")

# The shell stands between so that cupsd ends when its owner does, however that ends: the pipe closes then.
_GUARD = '"$@" </dev/null & child=$!; echo $child; read -r _; kill -CONT $child; kill $child; wait $child'

_CUPSD = """\
LogLevel {log_level}
MaxLogSize 0
Listen {folder}/cups.sock
Browsing No
WebInterface No
DefaultAuthType None
DirtyCleanInterval {flush_s}
JobKillDelay 2
JobRetryInterval 1
PreserveJobHistory {history}
PreserveJobFiles {files}
<Location />
  Order allow,deny
  Allow all
</Location>
<Policy default>
  JobPrivateAccess default
  JobPrivateValues default
  <Limit Send-Document Send-URI Hold-Job Release-Job Restart-Job Purge-Jobs Set-Job-Attributes Cancel-My-Jobs Close-Job>
    Require user @OWNER @SYSTEM
    Order deny,allow
  </Limit>
  <Limit Cancel-Job CUPS-Authenticate-Job>
    Require user @OWNER @SYSTEM
    Order deny,allow
  </Limit>
  <Limit All>
    Order deny,allow
  </Limit>
</Policy>
"""
_FILES = """\
FileDevice Yes
ServerRoot {folder}/conf
ServerBin {folder}/bin
CacheDir {folder}/cache
StateDir {folder}/run
RequestRoot {folder}/spool
TempDir {folder}/spool/tmp
AccessLog {folder}/log/access
ErrorLog {folder}/log/error
PageLog {folder}/log/page
"""
_QUEUE = """\
<Printer {name}>
Info {name}
DeviceURI {device_uri}
State Idle
Accepting Yes
ErrorPolicy {error_policy}
</Printer>
"""


@dataclass(frozen=True, slots=True)
class Queue:
    """One print queue."""

    name: str
    device_uri: str
    ppd: Path | None = None
    """Description of the printer; without one the document goes to the back end as it came."""
    error_policy: str = "abort-job"


def find_cupsd() -> str | None:
    """Where the scheduler is; ``None``: not installed."""
    return shutil.which("cupsd", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin")


class PrivateCups:
    """Starts at once; ``CupsMissing`` when it cannot. Not for two threads at a time."""

    def __init__(
        self,
        queues: Sequence[Queue],
        *,
        backends: Mapping[str, Path] | None = None,
        keeps_jobs: bool = True,
        log_level: str = "warn",
        run_as: str | None = None,
        flush_s: int = 0,
        starts: bool = True,
    ) -> None:
        """``backends``: Python programs beside Debian's own, by the scheme of their device URIs.

        ``keeps_jobs``: history and files stay, as by default in CUPS. ``flush_s``: so long CUPS waits before it writes the record
        of a job, by default in CUPS 30 s. ``run_as``: a user for the scheduler; only root can choose one.
        """
        program = find_cupsd()
        if program is None:
            raise CupsMissing("cupsd", "not found; on Debian: apt-get install cups cups-client printer-driver-cups-pdf")
        self._program = program
        self._run_as = run_as
        self.folder = Path(tempfile.mkdtemp(prefix="oueban-cups-"))
        self._guard: subprocess.Popen[bytes] | None = None
        self._pid = 0
        try:
            self._furnish(backends or {}, keeps_jobs=keeps_jobs, log_level=log_level, flush_s=flush_s)
            for queue in queues:
                self.add_queue(queue)
            if starts:
                self.start()
        except BaseException:
            self.close()
            raise

    @property
    def socket_path(self) -> str:
        """Where it listens; for ``lpstat -h`` too."""
        return str(self.folder / "cups.sock")

    @property
    def spool(self) -> Path:
        """Where jobs and their documents are kept."""
        return self.folder / "spool"

    def spool_holds(self, needle: bytes) -> bool:
        """True when a file in the spool contains ``needle``."""
        return any(needle in path.read_bytes() for path in self.spool.rglob("*") if path.is_file())

    def add_queue(self, queue: Queue) -> None:
        """Before ``start``: one queue more."""
        words = {"name": queue.name, "device_uri": queue.device_uri, "error_policy": queue.error_policy}
        printers = self.folder / "conf/printers.conf"
        with printers.open("a", encoding="ascii") as file:
            file.write(_QUEUE.format(**words))
        self.own(printers)
        if queue.ppd is not None:
            shutil.copyfile(queue.ppd, self.folder / "conf/ppd" / f"{queue.name}.ppd")

    def own(self, path: Path) -> None:
        """Give a file or folder to the user that the scheduler runs as, when that is another one."""
        if self._run_as is not None and not path.is_symlink():
            shutil.chown(path, self._run_as)

    def start(self) -> None:
        """Start the scheduler, if it is not running, and wait until it listens."""
        if self._guard is not None:
            return
        command = [self._program, "-f", "-c", f"{self.folder}/conf/cupsd.conf", "-s", f"{self.folder}/conf/cups-files.conf"]
        self._guard = subprocess.Popen(
            ["/bin/sh", "-c", _GUARD, "cupsd", *command],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            user=self._run_as,
            extra_groups=() if self._run_as else None,
            start_new_session=True,  # a Ctrl-C at the terminal is for us: we end the scheduler in order
        )
        self._pid = int(self._guard.stdout.readline()) if self._guard.stdout is not None else 0
        deadline = Deadline(_START_S)
        while not self._is_listening():
            if deadline.is_over or not self._is_running():
                self.stop()
                raise CupsMissing("cupsd", f"does not start: {self._last_words()}")
            deadline.sleep(0.01)

    def stop(self) -> None:
        """End the scheduler in order; jobs stay in the spool. May be called twice."""
        guard, self._guard = self._guard, None
        if guard is None:
            return
        with guard:  # closes the pipes, and then waits
            if guard.stdin is not None:
                guard.stdin.close()
            try:
                guard.wait(_STOP_S)
            except subprocess.TimeoutExpired:
                _signal(self._pid, signal.SIGKILL)
        Path(self.socket_path).unlink(missing_ok=True)

    def crash(self) -> None:
        """End the scheduler as a power cut would."""
        self._signal(signal.SIGKILL)
        self.stop()

    def freeze(self, is_frozen: bool = True) -> None:
        """Let the scheduler take everything and answer nothing, or go on."""
        self._signal(signal.SIGSTOP if is_frozen else signal.SIGCONT)

    def command(self, *words: str) -> None:
        """Run a program of CUPS against this scheduler (``cupsdisable``, …); ``ValueError`` with its words when it fails."""
        try:
            done = subprocess.run(
                [words[0], "-h", self.socket_path, *words[1:]], capture_output=True, timeout=5.0, check=False, text=True
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            raise ValueError(f"{words[0]}: {type(error).__name__}") from error
        if done.returncode != 0:
            raise ValueError(f"{words[0]}: {done.stderr.strip() or done.returncode}")

    def close(self) -> None:
        """Stop, and remove the folder; may be called twice."""
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def __enter__(self) -> PrivateCups:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def _furnish(self, backends: Mapping[str, Path], *, keeps_jobs: bool, log_level: str, flush_s: int) -> None:
        self.folder.chmod(0o711)  # the user lp must find its way in, and see nothing on the way
        for name in ("bin/backend", "conf/ppd", "conf/ssl", "cache", "run", "log", "spool/tmp"):
            (self.folder / name).mkdir(parents=True)
        for tool in ("cgi-bin", "daemon", "driver", "filter", "monitor", "notifier"):
            (self.folder / "bin" / tool).symlink_to(_SERVER_BIN / tool)
        for scheme, script in backends.items():
            self._add_backend(scheme, script)
        for path in _SERVER_BIN.glob("backend/*"):
            (self.folder / "bin/backend" / path.name).symlink_to(path)
        keeps = "Yes" if keeps_jobs else "No"
        settings = {"log_level": log_level, "flush_s": flush_s, "history": keeps, "files": keeps}
        conf = self.folder / "conf"
        (conf / "cupsd.conf").write_text(_CUPSD.format(folder=self.folder, **settings), encoding="ascii")
        (conf / "cups-files.conf").write_text(_FILES.format(folder=self.folder), encoding="ascii")
        for path in (self.folder, *self.folder.rglob("*")):
            self.own(path)

    def _add_backend(self, scheme: str, script: Path) -> None:
        copy = self.folder / "bin" / f"{scheme}.py"
        shutil.copyfile(script, copy)
        program = self.folder / "bin/backend" / scheme
        program.write_text(f'#!/bin/sh\nexec {self._interpreter()} -I -S {copy} "$@"\n', encoding="ascii")
        program.chmod(0o700)  # closed to others: cupsd then runs it as root, when it is root itself

    def _interpreter(self) -> str:
        """This process's own, unless another user is to run it, who may have no way to it."""
        own = os.path.realpath(sys.executable)
        return own if self._run_as is None else shutil.which("python3", path="/usr/bin") or own

    def _is_listening(self) -> bool:
        with socket.socket(socket.AF_UNIX) as probe:
            try:
                probe.connect(self.socket_path)
            except OSError:
                return False
            return True

    def _is_running(self) -> bool:
        try:
            state = Path(f"/proc/{self._pid}/stat").read_text(encoding="ascii", errors="replace").rpartition(")")[2].split()[0]
        except OSError:
            return False
        return state not in "ZX"  # the shell waits for it only at the end

    def _signal(self, number: int) -> None:
        if self._guard is not None:
            _signal(self._pid, number)

    def _last_words(self) -> str:
        try:
            lines = (self.folder / "log/error").read_text(encoding="utf-8", errors="replace").splitlines()
        except OSError:
            return "no log"
        return lines[-1] if lines else "no log"


def _signal(pid: int, number: int) -> None:
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return  # it has ended by itself
