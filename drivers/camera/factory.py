"""The one place that chooses a camera by its URL in the settings."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

from drivers.camera.abstract import Camera
from drivers.errors import Unsupported

_LARGEST_SIDE_PX = 4096


def open_camera(url: str) -> Camera:
    """A camera, not yet started, for a URL of the settings; raises ``Unsupported`` for any other text.

    - ``/dev/video0`` or ``/dev/v4l/by-id/…``, with ``?width=1280&height=720`` if wanted
    - ``http://…``, ``https://…``, ``rtsp://…``
    - a path or ``file:///…`` of a video file or of a folder of pictures, with ``?loop=1``, for folders also ``&fps=15``
    - ``sim://portrait``, with ``?width=640&height=480&fps=15`` if wanted
    """
    parts = urlsplit(url)
    if parts.scheme in ("http", "https", "rtsp"):
        from drivers.camera.driver import OpenCvCamera  # OpenCV's video part is not loaded for the simulator
        from drivers.camera.source import DeviceSource

        return OpenCvCamera(_without_password(url), DeviceSource(url))
    options = _Options(url, parts.query)
    if parts.scheme == "sim":
        return _simulated(url, parts.netloc, options)
    if parts.scheme in ("", "file") and parts.path:
        return _local(url, Path(unquote(parts.path)), options)
    raise Unsupported(url, "is no camera; known are /dev/video*, files, folders, http, https, rtsp and sim://portrait")


class _Options:
    """The numbers behind the question mark."""

    def __init__(self, url: str, query: str) -> None:
        self._url = url
        self._values = {name: values[-1] for name, values in parse_qs(query).items()}

    def number(self, name: str, lowest: int, highest: int) -> int | None:
        """The value of ``name``, ``None`` when absent; raises ``Unsupported`` when it is no number in range."""
        text = self._values.get(name)
        if text is None:
            return None
        if not (text.isascii() and text.isdigit() and lowest <= int(text[:9]) <= highest):
            raise Unsupported(self._url, f"{name} must be a number from {lowest} to {highest}")
        return int(text)


def _simulated(url: str, name: str, options: _Options) -> Camera:
    if name != "portrait":
        raise Unsupported(url, "the only simulated camera is sim://portrait")
    from drivers.camera.simulator import PortraitCamera

    size_px = (options.number("width", 320, 1920) or 640, options.number("height", 240, 1920) or 480)
    return PortraitCamera(size_px, float(options.number("fps", 1, 60) or 15))


def _local(url: str, path: Path, options: _Options) -> Camera:
    from drivers.camera.driver import OpenCvCamera
    from drivers.camera.source import DeviceSource, FileSource, FolderSource, VideoSource

    source: VideoSource
    if path.is_relative_to("/dev"):
        width, height = options.number("width", 160, _LARGEST_SIDE_PX), options.number("height", 120, _LARGEST_SIDE_PX)
        source = DeviceSource(str(path), width, height)
    elif path.is_dir():
        source = FolderSource(path, float(options.number("fps", 1, 120) or 15))
    else:
        source = FileSource(path)
    return OpenCvCamera(url, source, is_looped=bool(options.number("loop", 0, 1)))


def _without_password(url: str) -> str:
    """The name of a stream for logs and status."""
    parts = urlsplit(url)
    return parts._replace(netloc=parts.netloc.rpartition("@")[2], query="").geturl()
