"""Tells when headphones are plugged in and pulled out."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QFileSystemWatcher, QObject, QSocketNotifier, QTimer, Signal, Slot

from kiosk.services.headset import DEVICES, FindJacks, JackReader

_LOOK_AGAIN_MS = 500
"""A device that has just come belongs to its group only a moment later."""


class _Open(QObject):
    """One jack, and its notifier."""

    changed = Signal()
    gone = Signal(object)

    def __init__(self, reader: JackReader, parent: QObject) -> None:
        super().__init__(parent)
        self.reader = reader
        self._notifier = QSocketNotifier(reader.descriptor, QSocketNotifier.Type.Read, self)
        self._notifier.activated.connect(self._read)

    @Slot()
    def _read(self) -> None:
        before = self.reader.is_plugged
        try:
            plugged = self.reader.read()
        except OSError:
            self._notifier.setEnabled(False)
            self.gone.emit(self)
            return
        if plugged != before:
            self.changed.emit()

    def close(self) -> None:
        """Hear no more."""
        self._notifier.setEnabled(False)
        self.reader.close()


class HeadsetWatch(QObject):
    """Lives on the GUI thread; reads are of a few bytes that are there already. Jacks may come and go."""

    headset_changed = Signal(bool)

    def __init__(self, find: FindJacks, folder: Path = DEVICES, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._find = find
        self._open: dict[Path, _Open] = {}
        self._plugged = False
        self._folder = QFileSystemWatcher(self)
        self._watched = str(folder)
        self._folder.directoryChanged.connect(self._look_soon)
        self._again = QTimer(self)
        self._again.setSingleShot(True)
        self._again.setInterval(_LOOK_AGAIN_MS)
        self._again.timeout.connect(self._look)

    @property
    def is_plugged(self) -> bool:
        """Whether any jack holds headphones."""
        return self._plugged

    @property
    def jacks(self) -> tuple[Path, ...]:
        """Those that can be read, for staff."""
        return tuple(self._open)

    def start(self) -> None:
        """Begin; headphones that are in already are told of at once."""
        if Path(self._watched).is_dir():
            self._folder.addPath(self._watched)
        self._look()

    def stop(self) -> None:
        """Hear no more; may be called twice."""
        self._again.stop()
        if self._folder.directories():
            self._folder.removePaths(self._folder.directories())
        for one in list(self._open.values()):
            self._close(one)

    @Slot()
    def _look_soon(self) -> None:
        self._again.start()

    @Slot()
    def _look(self) -> None:
        for jack in self._find():
            if jack.path in self._open:
                continue
            try:
                one = _Open(JackReader(jack), self)
            except OSError:
                continue  # not ours to read, or gone again: as good as not there
            one.changed.connect(self._tell)
            one.gone.connect(self._on_gone)
            self._open[jack.path] = one
        self._tell()

    @Slot()
    def _tell(self) -> None:
        plugged = any(one.reader.is_plugged for one in self._open.values())
        if plugged != self._plugged:
            self._plugged = plugged
            self.headset_changed.emit(plugged)

    @Slot(object)
    def _on_gone(self, one: _Open) -> None:
        self._close(one)
        self._tell()

    def _close(self, one: _Open) -> None:
        self._open.pop(one.reader.jack.path, None)
        one.close()
        one.deleteLater()
