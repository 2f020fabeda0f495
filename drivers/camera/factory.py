"""The one place that chooses a camera by its URL in the settings."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

from drivers.camera.absent import AbsentCamera
from drivers.camera.abstract import Camera
from drivers.camera.paired import PairedCamera
from drivers.camera.types import WantedMode
from drivers.errors import Unsupported

_LARGEST_SIDE_PX = 4096
_STREAMS = ("http", "https", "rtsp")


def open_camera(url: str) -> Camera:
    """A camera, not yet started, for a URL of the settings; raises ``Unsupported`` for any other text.

    - nothing: the machine has no camera
    - ``/dev/v4l/by-id/…`` or ``/dev/video0``, with ``?width=1280&height=720&fps=30`` if wanted; the nearest mode it has is taken
    - ``http://…``, ``https://…``, ``rtsp://…``
    - a path or ``file:///…`` of a video file or of a folder of pictures, with ``?loop=1``, for folders also ``&fps=15``
    - ``sim://portrait`` and ``sim://document``, with ``?width=640&height=480&fps=15`` if wanted; a portrait also
      with ``species=print`` (or another presentation attack) and ``tempo=brisk``
    """
    if not url:
        return AbsentCamera()
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError as error:
        raise Unsupported(shown_url(url), f"is no camera: {error}") from error
    if parts.scheme in _STREAMS:
        return _stream(url, is_motion_jpeg=parts.scheme != "rtsp")
    options = _Options(url, parts.query)
    if parts.scheme == "sim":
        return _simulated(url, parts.netloc, options)
    if parts.scheme in ("", "file") and parts.path:
        return _local(url, Path(unquote(parts.path)), options)
    raise Unsupported(shown_url(url), "is no camera; known are /dev/video*, files, folders, http, https, rtsp and sim://portrait")


def open_camera_pair(visible_url: str, infrared_url: str, max_skew_s: float = 0.05) -> PairedCamera:
    """A camera and an infrared one beside it, not yet started; raises ``Unsupported`` as ``open_camera`` does."""
    return PairedCamera(open_camera(visible_url), open_camera(infrared_url), max_skew_s)


def shown_url(url: str) -> str:
    """``url`` for logs, reports and status: without password; of what is reached over a
    network also without what stands behind the question mark."""
    scheme, separator, rest = url.partition("://")
    if not separator or scheme in ("file", "sim"):
        return url
    place, _, _ = rest.partition("?")
    host, slash, path = place.partition("/")
    return f"{scheme}://{host.rpartition('@')[2]}{slash}{path}"


class _Options:
    """The values behind the question mark."""

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

    def word(self, name: str, known: tuple[str, ...]) -> str | None:
        """The value of ``name``, ``None`` when absent; raises ``Unsupported`` when it is none of ``known``."""
        text = self._values.get(name)
        if text is not None and text not in known:
            raise Unsupported(self._url, f"{name} must be one of {', '.join(known)}")
        return text


def _stream(url: str, *, is_motion_jpeg: bool) -> Camera:
    from drivers.camera.devices import StreamSource  # OpenCV's video part is not loaded for the simulator
    from drivers.camera.driver import OpenCvCamera

    shown = shown_url(url)
    return OpenCvCamera(shown, StreamSource(url, shown), drops_torn=is_motion_jpeg)


def _simulated(url: str, name: str, options: _Options) -> Camera:
    if name not in ("portrait", "document"):
        raise Unsupported(url, "the simulated cameras are sim://portrait and sim://document")
    from drivers.camera.people.species import SPECIES
    from drivers.camera.people.tempo import TEMPI
    from drivers.camera.simulator import PortraitCamera

    default_px = (640, 480) if name == "portrait" else (1920, 1080)
    size_px = (
        options.number("width", 320, 1920) or default_px[0],
        options.number("height", 240, 1920) or default_px[1],
    )
    return PortraitCamera(
        size_px,
        float(options.number("fps", 1, 60) or 15),
        scene=name,
        species=options.word("species", tuple(SPECIES)) or "live",
        tempo=TEMPI[options.word("tempo", tuple(TEMPI)) or "calm"],
    )


def _local(url: str, path: Path, options: _Options) -> Camera:
    from drivers.camera.devices import DeviceSource
    from drivers.camera.driver import OpenCvCamera
    from drivers.camera.recordings import FileSource, FolderSource
    from drivers.camera.source import VideoSource

    source: VideoSource
    if path.is_relative_to("/dev"):
        source = DeviceSource(path, _wishes(options))
    elif path.is_dir():
        source = FolderSource(path, float(options.number("fps", 1, 120) or 15))
    else:
        source = FileSource(path)
    return OpenCvCamera(url, source, is_looped=bool(options.number("loop", 0, 1)))


def _wishes(options: _Options) -> tuple[WantedMode, ...]:
    """The mode of the settings first, then what serves as well."""
    from drivers.camera.negotiation import DEFAULT_WISHES

    width, height = options.number("width", 160, _LARGEST_SIDE_PX), options.number("height", 120, _LARGEST_SIDE_PX)
    rate = float(options.number("fps", 1, 120) or 30)
    if width and height:
        return (WantedMode(width, height, rate), *DEFAULT_WISHES)
    return tuple(WantedMode(wish.width_px, wish.height_px, rate) for wish in DEFAULT_WISHES)
