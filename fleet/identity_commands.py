"""What the commands about residents, credentials and text messages do, apart from reading arguments and printing."""

from __future__ import annotations

import io
from pathlib import Path

from PIL import Image, UnidentifiedImageError

from contract.credentials import IssuerKey
from contract.portraits import MAX_PORTRAIT_BYTES
from fleet.clock import Clock, system_clock
from fleet.commands import check_exists, existing_database
from fleet.credential_issuer import CredentialIssuer, IssuedCredential
from fleet.database import Database
from fleet.digest_key import DigestKey
from fleet.errors import PlatformError
from fleet.files import write_private
from fleet.platform import open_database, open_keys
from fleet.portrait_pictures import sample_portrait
from fleet.portraits import SamplePortraits
from fleet.qr_codes import qr_png
from fleet.residents import Resident, Residents
from fleet.sample_residents import SAMPLE_RESIDENTS
from fleet.sms_gateway import SpooledMessage, SpoolGateway

_MAX_PORTRAIT_SIDE = 4096


def add_residents(data: Path, residents: tuple[Resident, ...], clock: Clock, portrait: bytes | None = None) -> int:
    """Add fictitious residents, or replace them, with the portrait of all if there is one; how many. Raises ``PlatformError``."""
    database = open_database(data)
    try:
        count = Residents(database).add(residents, clock())
        if portrait is not None:
            portraits = _portraits(data, database, clock)
            for resident in residents:
                portraits.keep(resident, portrait, clock())
        return count
    finally:
        database.close()


def _portraits(data: Path, database: Database, clock: Clock) -> SamplePortraits:
    return SamplePortraits(database, open_keys(data, database, clock), DigestKey(data), Residents(database))


def add_samples(data: Path, clock: Clock) -> int:
    """Add the sample residents, with the portrait that the simulated camera shows. Raises ``PlatformError``."""
    return add_residents(data, SAMPLE_RESIDENTS, clock, sample_portrait())


def list_residents(data: Path) -> tuple[tuple[Resident, bool], ...]:
    """Everybody in the register, and whether there is a portrait of them. Raises ``PlatformError``."""
    with existing_database(data) as database:
        portraits = _portraits(data, database, system_clock)
        return tuple((resident, portraits.holds(resident)) for resident in Residents(database).all())


def read_portrait(path: Path) -> bytes:
    """A picture file for a resident. Raises ``PlatformError`` for one that is none, or too large."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise PlatformError(f"{path}: {error.strerror or error}") from error
    if len(content) > MAX_PORTRAIT_BYTES:
        raise PlatformError(f"{path}: a portrait has at most {MAX_PORTRAIT_BYTES // 1024} KiB")
    try:
        with Image.open(io.BytesIO(content), formats=("JPEG", "PNG")) as picture:
            if max(picture.size) > _MAX_PORTRAIT_SIDE:
                raise PlatformError(f"{path}: a portrait has at most {_MAX_PORTRAIT_SIDE} pixels a side")
            picture.load()
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError, ValueError, SyntaxError) as error:
        raise PlatformError(f"{path} is no JPEG or PNG picture") from error
    return content


def issue_credential(data: Path, id_number: str, given: Resident | None, valid_s: int, clock: Clock) -> IssuedCredential:
    """A credential of the resident of this number, or of ``given``. Raises ``PlatformError``."""
    if given is None:
        check_exists(data)
    database = open_database(data)
    try:
        resident = given or Residents(database).find(id_number)
    finally:
        database.close()
    if resident is None:
        raise PlatformError("no resident of this number is in the register: add one, or give --name")
    now_ms = clock()
    return CredentialIssuer(data, now_ms).issue(resident, now_ms, valid_s)


def issuer_keys(data: Path, clock: Clock) -> tuple[IssuerKey, ...]:
    """Public keys of the issuer, newest first. Raises ``PlatformError``."""
    open_database(data).close()
    return CredentialIssuer(data, clock()).keys


def write_qr(path: Path, text: str) -> None:
    """The code as a PNG that only its owner may read: whoever has it is taken for the resident. Raises ``PlatformError``."""
    try:
        write_private(path, qr_png(text))
    except OSError as error:
        raise PlatformError(f"{path}: {error.strerror or error}") from error


def spooled_messages(data: Path, clock: Clock) -> tuple[SpooledMessage, ...]:
    """Text messages that the sample gateway laid down, newest first. Raises ``PlatformError``."""
    check_exists(data)
    return SpoolGateway(data, clock).messages()
