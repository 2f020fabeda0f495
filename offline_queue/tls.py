"""How the platform must prove itself: a certificate that verifies, always, and a key that was pinned, when pins are given.

A pin is the SHA-256 of the certificate's SubjectPublicKeyInfo in base64 (RFC 7469, 2.4), with or without ``sha256/`` before it.
It stays good when the certificate is renewed with the same key. A pin only adds: no pin makes a bad certificate good.
"""

from __future__ import annotations

import binascii
import ssl
from base64 import b64decode
from hashlib import sha256

import httpx
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509 import load_der_x509_certificate

from offline_queue.settings import TransportSettings

MAX_PINS = 16
_PREFIX = "sha256/"


class BadTlsSettings(ValueError):
    """The settings ask for what cannot be had; the message is one line."""


class CertificateNotPinned(ssl.SSLCertVerificationError):
    """The certificate verifies, but its key is none of the pinned ones."""


def parse_pin(text: str) -> bytes:
    """The digest in a pin, 32 bytes. Raises ``BadTlsSettings``."""
    try:
        digest = b64decode(text.removeprefix(_PREFIX), validate=True)
    except (binascii.Error, ValueError):
        digest = b""
    if len(digest) != sha256().digest_size:
        raise BadTlsSettings(f"not a pin (base64 of a SHA-256): {text[:60]!r}")
    return digest


def pin_of(certificate: bytes) -> bytes:
    """SHA-256 of the SubjectPublicKeyInfo of a DER certificate. Raises ``ValueError`` for a key of a kind not known here."""
    try:
        key = load_der_x509_certificate(certificate).public_key()
    except UnsupportedAlgorithm as error:
        raise ValueError("a key of an unknown kind") from error
    return sha256(key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).digest()


def make_context(settings: TransportSettings) -> ssl.SSLContext:
    """The context for connections to the platform: TLS 1.2 or newer, certificate and name checked. Raises ``BadTlsSettings``."""
    try:
        if settings.ca_file:
            context = ssl.create_default_context(cafile=settings.ca_file)
        else:
            # Certificate variables of whoever started the process have no say in whom cases go to.
            context = httpx.create_ssl_context(trust_env=False)
    except OSError as error:  # ssl.SSLError is one
        why = "no certificate in it" if isinstance(error, ssl.SSLError) else error.strerror
        raise BadTlsSettings(f"{settings.ca_file or 'the public authorities'}: {why}") from error
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if settings.pins:
        context.sslsocket_class = _pinned_socket(settings.pins)
    return context


def _pinned_socket(pins: tuple[str, ...]) -> type[ssl.SSLSocket]:
    """Sockets whose handshake ends with the pin: nothing can be sent over one that failed it."""
    if len(pins) > MAX_PINS:
        raise BadTlsSettings(f"more than {MAX_PINS} pins")
    allowed = frozenset(parse_pin(pin) for pin in pins)

    class PinnedSocket(ssl.SSLSocket):
        def do_handshake(self, block: bool = False) -> None:
            super().do_handshake(block)
            certificate = self.getpeercert(binary_form=True)
            try:
                is_pinned = certificate is not None and pin_of(certificate) in allowed
            except ValueError:
                is_pinned = False
            if not is_pinned:
                raise CertificateNotPinned("the platform's key is not a pinned one")

    return PinnedSocket
