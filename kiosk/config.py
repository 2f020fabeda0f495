"""Settings of one terminal: a TOML file, frozen once read. All mistakes in it are told at once."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any, Literal

import msgspec

REACH_MM = 1200.0
LEAST_REACH_MM = 260.0


class Machine(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The machine itself."""

    name: str = "瓯e办 自助机"
    hotline: str = "0577-12345"
    """Telephone number shown where a resident may need help."""
    data_dir: Path = Path("data")
    mm_per_px: float = 0.311
    """Pixel pitch of the screen; 0.311 is a 27-inch 1080x1920."""
    screen_begins_mm: float = 800.0
    """Height of the screen's lower edge above the floor; what is within 1.2 m (EN 301 549) is used in the low position."""
    site: str = ""
    """Kind of site: ``mall``, ``village``, ``hall``; it decides which matters are shown first."""
    full_screen: bool = True
    address: str = ""
    """Where it stands, as people say it: other machines send residents here when this one can do what they cannot."""
    latitude: float | None = None
    longitude: float | None = None
    """WGS 84, degrees; both or none."""
    key_protection: Literal["file", "systemd-creds"] = "file"
    """How the machine's own key lies on the disk: readable by its user, or wrapped by TPM or host key."""

    @property
    def reach_mm(self) -> float:
        """So much of the screen, from below, is within reach of somebody who sits; never too little to show anything."""
        return max(LEAST_REACH_MM, REACH_MM - self.screen_begins_mm)


class Platform(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The platform this terminal reports to."""

    url: str = "http://127.0.0.1:8000"
    ca_file: Path | None = None
    """PEM file of the platform's own authority; without it the public ones are trusted."""
    pins: tuple[str, ...] = ()
    """Keys of which the platform must have one: base64 SHA-256 of the SubjectPublicKeyInfo (RFC 7469, 2.4)."""
    max_kib_per_s: int = 0
    """Cap on what is sent, in KiB a second; 0: none. At least 16."""
    night_window: str = ""
    """``HH:MM-HH:MM``, China time: cases with large scans are sent within it only; empty: at any time."""
    public_url: str = ""
    """Address under which residents reach the platform, printed on slips; empty: the same as ``url``."""

    @property
    def check_at(self) -> str:
        """The page where anyone can check the code of a slip, as one types it: without the scheme, which takes narrow paper."""
        return (self.public_url or self.url).partition("://")[2].rstrip("/") + "/verify"


class Devices(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Devices by URL: ``/dev/serial/by-id/…``, ``socket://host:port``, ``/dev/video0``, ``sim://…``."""

    id_card_reader: str = "sim://"
    id_card_reader_baudrate: int = 115200
    photo_library: Path | None = None
    """Vendor library that decodes the card's photo (WLT), if there is one."""
    camera: str = "sim://portrait"
    """Empty: the machine has no camera, and residents identify in the other ways."""
    receipt_printer: str = "sim://"
    receipt_width: Literal["80mm", "58mm"] = "80mm"
    receipt_model: Literal["standard", "no_chinese", "pictures"] = "standard"
    """What the receipt printer can do: ``no_chinese`` has no Chinese font, ``pictures`` makes no codes by itself either."""
    barcode_scanner: str = "sim://"
    """Also ``input:///dev/input/by-id/…-event-kbd``: a scanner that types, grabbed so that it types nowhere else."""
    scanner_baudrate: int = 9600
    scanner_profile: Literal["passive", "newland", "honeywell", "gm65"] = "passive"
    """How the scanner is told to look."""
    scanner_framing: Literal["gap", "cr", "crlf", "lf", "tab", "none"] = "gap"
    """How the end of a code is told."""
    scanner_aim: bool = False
    """The scanner sends the kind of the code (``]cm``) ahead of it."""
    document_printer: str = ""
    """A4 printer, ``ipp://localhost:631/printers/NAME``; empty: there is none."""
    document_camera: str = ""
    """高拍仪 for papers, ``/dev/video…`` or ``sim://document``; empty: there is none."""
    presence: Literal["off", "camera"] = "off"
    """Who tells that nobody is there any more: nobody, or the camera, for those who consented. Needs a sign on the machine."""
    camera_infrared: str = ""
    """Second camera, for infrared; empty: there is none."""


class Times(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Patience, in seconds."""

    idle_warning_s: float = 45.0
    idle_countdown_s: float = 20.0
    session_limit_s: float = 900.0
    """So long a visit goes on before its resident is asked whether they need more time."""
    farewell_s: float = 8.0
    card_left_s: float = 60.0
    """So long a farewell asks for a card that lies on the reader still."""
    card_unattended_s: float = 300.0
    """So long nobody came for such a card when the platform is told."""
    card_wait_s: float = 30.0
    face_wait_s: float = 45.0
    delivery_wait_s: float = 4.0
    print_s: float = 40.0
    store_poll_s: float = 5.0
    """How often the queue is asked whether it takes cases; devices tell their changes by themselves."""
    heartbeat_s: float = 30.0


class Identity(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How residents are identified."""

    face_engine: Literal["auto", "dlib", "model", "fused"] = "auto"
    """``auto``: the model when its file is there, else dlib."""
    face_model: Path | None = None
    """ArcFace-style model; none: the one that ``make models`` fetches."""
    face_calibration: Path | None = None
    """Calibration file of the engine; without one the face check says that it is a demonstration."""
    attack_model: Path | None = None
    """ONNX model that tells presentation attacks (ISO/IEC 30107-3), besides the built-in cues."""
    credential_issuers: tuple[str, ...] = ()
    """Whose 电子身份凭证 are taken: ``kid:base64`` of an Ed25519 public key; empty: nobody's."""
    screen_light: bool = True
    """The screen shines in colours during the face check, which must reflect them."""
    platform_portraits: bool = False
    """Where the card's photo cannot be read the platform is asked for one, if the resident consents to that too."""
    lock_s: float = 300.0
    """So long a way stays closed for a person after three failed tries."""


class Sound(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Voice, sounds and headphones."""

    engine: Literal["speechd", "mock", "none"] = "speechd"
    """Of Qt's text to speech; ``none``: the machine has no sound, ``mock``: for tests."""
    jack_device: Path | None = None
    """An audio keypad that tells of its jack by keys, ``/dev/input/by-id/…-event-kbd``; sound cards' jacks are found unasked."""
    jack_plugged_key: int = 0
    """The kernel's code of the key that is pressed when headphones are plugged in (``evtest`` shows it)."""
    jack_unplugged_key: int = 0
    """… and when they are pulled out; the same where one key is held down as long as they are in."""


class Settings(msgspec.Struct, frozen=True):
    """All settings."""

    machine: Machine = Machine()
    platform: Platform = Platform()
    devices: Devices = Devices()
    times: Times = Times()
    identity: Identity = Identity()
    sound: Sound = Sound()


class SettingsError(Exception):
    """The settings cannot be used; the message is one line that names every mistake."""


_PIN = re.compile(r"(sha256/)?[A-Za-z0-9+/]{43}=")
_LEAST_KIB_PER_S = 16
_WINDOW = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]-([01][0-9]|2[0-3]):[0-5][0-9]")
_MAX_PINS = 16
_LONGEST_ADDRESS = 120
_LAST_KEY = 0x2FF
"""``KEY_MAX`` of the kernel."""
_ISSUER = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,31}\.[A-Za-z0-9_-]{1,32}:[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=")
"""``contract.credentials.read_issuer_key`` takes exactly these. The last character of 32 bytes has four bits."""
_MAX_ISSUERS = 16
_LEAST_LOCK_S, _MOST_LOCK_S = 10.0, 86_400.0
_SECTIONS: dict[str, type[msgspec.Struct]] = {
    "machine": Machine,
    "platform": Platform,
    "devices": Devices,
    "times": Times,
    "identity": Identity,
    "sound": Sound,
}


def load(path: Path) -> Settings:
    """Read the settings at ``path``; raises ``SettingsError``. What is left out keeps its default."""
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SettingsError(f"{path}: {error}") from error
    sections: dict[str, Any] = {}
    problems = [f"[{name}] is not a known section" for name in document if name not in _SECTIONS]
    for name, kind in _SECTIONS.items():
        try:
            sections[name] = msgspec.convert(document.get(name, {}), kind, dec_hook=_decode)
        except msgspec.ValidationError as error:
            problems.append(f"[{name}] {error}")
    problems += _limits(sections)
    if problems:
        raise SettingsError(f"{path}: " + "; ".join(problems))
    return Settings(**sections)


def _decode(kind: type, value: object) -> object:
    """TOML has no paths."""
    if kind is Path and isinstance(value, str):
        return Path(value)
    raise NotImplementedError


def _limits(sections: dict[str, Any]) -> list[str]:
    found = []
    machine, times, platform = sections.get("machine"), sections.get("times"), sections.get("platform")
    identity = sections.get("identity")
    if machine is not None and not 0.05 <= machine.mm_per_px <= 1.0:
        found.append("[machine] mm_per_px must lie between 0.05 and 1.0")
    if machine is not None:
        found += _limits_of_place(machine)
    if times is not None:
        found += [f"[times] {name} must be more than 0" for name in times.__struct_fields__ if getattr(times, name) <= 0]
    devices = sections.get("devices")
    if devices is not None and devices.presence == "camera" and not devices.camera:
        found.append("[devices] presence = camera needs a camera")
    if platform is not None:
        found += _limits_of_platform(platform)
    if identity is not None:
        found += _limits_of_identity(identity)
    sound = sections.get("sound")
    if sound is not None and sound.jack_device is not None:
        keys = (sound.jack_plugged_key, sound.jack_unplugged_key)
        if not all(0 < key <= _LAST_KEY for key in keys):
            found.append("[sound] jack_device needs jack_plugged_key and jack_unplugged_key")
    return found


def _limits_of_place(machine: Machine) -> list[str]:
    latitude, longitude = machine.latitude, machine.longitude
    if latitude is None or longitude is None:
        return [] if latitude is longitude else ["[machine] latitude and longitude stand together or not at all"]
    found = [] if -90 <= latitude <= 90 and -180 <= longitude <= 180 else ["[machine] latitude and longitude are not on Earth"]
    if len(machine.address) > _LONGEST_ADDRESS or not machine.address.isprintable():
        found.append(f"[machine] address has at most {_LONGEST_ADDRESS} characters, all of which can be seen")
    return found


def _is_window(text: str) -> bool:
    start, _, end = text.partition("-")
    return not text or (_WINDOW.fullmatch(text) is not None and start != end)


def _limits_of_platform(platform: Platform) -> list[str]:
    bad_pins = [pin[:60] for pin in platform.pins if not _PIN.fullmatch(pin)]
    found = [f"[platform] {pin!r} in pins is not the base64 of a SHA-256" for pin in bad_pins]
    found += [
        f"[platform] {name} must begin with https:// (or http:// on this machine)"
        for name, url in (("url", platform.url), ("public_url", platform.public_url))
        if not url.startswith(("http://", "https://")) and (name == "url" or url)
    ]
    if platform.url.startswith("http://") and (platform.pins or platform.ca_file):
        found.append("[platform] pins and ca_file need a url with https://")
    if 0 < platform.max_kib_per_s < _LEAST_KIB_PER_S or platform.max_kib_per_s < 0:
        found.append(f"[platform] max_kib_per_s is 0 (no cap) or at least {_LEAST_KIB_PER_S}")
    if not _is_window(platform.night_window):
        found.append("[platform] night_window is like 22:00-06:00, or left out")
    if len(platform.pins) > _MAX_PINS:
        found.append(f"[platform] more than {_MAX_PINS} pins")
    return found


def _limits_of_identity(identity: Identity) -> list[str]:
    issuers = identity.credential_issuers
    found = [
        f"[identity] {line[:60]!r} in credential_issuers is not like issuer.key:base64 of an Ed25519 public key"
        for line in issuers
        if not _ISSUER.fullmatch(line)
    ]
    names = [line.partition(":")[0][:60] for line in issuers]
    found += [f"[identity] {name!r} stands twice in credential_issuers" for name in sorted(set(names)) if names.count(name) > 1]
    if len(issuers) > _MAX_ISSUERS:
        found.append(f"[identity] more than {_MAX_ISSUERS} credential_issuers")
    if not _LEAST_LOCK_S <= identity.lock_s <= _MOST_LOCK_S:
        found.append(f"[identity] lock_s is {_LEAST_LOCK_S:g} to {_MOST_LOCK_S:g} seconds")
    if identity.face_model is not None and identity.face_engine == "dlib":
        found.append("[identity] face_model is not used by the engine dlib")
    return found
