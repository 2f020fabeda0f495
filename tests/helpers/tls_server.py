"""An authority, the certificates it signs, and a TLS server that notes every byte it is sent."""

from __future__ import annotations

import base64
import hashlib
import ipaddress
import re
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from cryptography.x509.oid import NameOID

PrivateKey = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey
_AUTHORITY = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "SAMPLE authority")])
_PLATFORM = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "SAMPLE platform")])


def new_key(kind: str = "ec") -> PrivateKey:
    return rsa.generate_private_key(65537, 2048) if kind == "rsa" else ec.generate_private_key(ec.SECP256R1())


def pin_for(key: PrivateKey) -> str:
    """As an operator would make it with openssl: dgst of the public key in DER, base64."""
    der = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return base64.b64encode(hashlib.sha256(der).digest()).decode("ascii")


class Authority:
    """Signs certificates for one loopback address; days count from now."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.key = new_key()
        self.ca_file = folder / "authority.pem"
        made = self._builder(_AUTHORITY, self.key, -30, 30).add_extension(x509.BasicConstraints(True, None), critical=True)
        self.ca_file.write_bytes(made.sign(self.key, hashes.SHA256()).public_bytes(Encoding.PEM))

    def server(
        self, key: PrivateKey, *, host: str = "127.0.0.1", from_day: int = -1, to_day: int = 1, self_signed: bool = False
    ) -> ssl.SSLContext:
        """The context of a server with a fresh certificate for ``key``."""
        names = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(host))])
        builder = self._builder(_PLATFORM, key, from_day, to_day, _PLATFORM if self_signed else _AUTHORITY)
        builder = builder.add_extension(names, critical=False).add_extension(x509.BasicConstraints(False, None), critical=True)
        pem = builder.sign(key if self_signed else self.key, hashes.SHA256()).public_bytes(Encoding.PEM)
        both = self._folder / "server.pem"
        both.write_bytes(pem + key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(both)
        return context

    def _builder(
        self, subject: x509.Name, key: PrivateKey, from_day: int, to_day: int, issuer: x509.Name = _AUTHORITY
    ) -> x509.CertificateBuilder:
        now = datetime.now(UTC)
        return (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(issuer)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now + timedelta(days=from_day))
            .not_valid_after(now + timedelta(days=to_day))
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(self.key.public_key()), critical=False)
        )


@dataclass
class Heard:
    """What a server heard."""

    port: int
    handshakes: list[str] = field(default_factory=list)
    """Version of each that was completed, by the server's lights."""
    received: bytearray = field(default_factory=bytearray)
    """What came after the handshakes."""


@contextmanager
def tls_server(context: ssl.SSLContext, reply: bytes) -> Iterator[Heard]:
    """Answers one request with these very bytes."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        heard = Heard(listener.getsockname()[1])

        def serve() -> None:
            try:
                connection, _ = listener.accept()
                with connection:
                    connection.settimeout(10)
                    with context.wrap_socket(connection, server_side=True) as peer:
                        heard.handshakes.append(peer.version() or "")
                        _talk(peer, reply, heard.received)
            except OSError:
                return  # a client that hangs up is what many of the tests are about

        thread = threading.Thread(target=serve, name="tls-server")
        thread.start()
        try:
            yield heard
        finally:
            if thread.is_alive():
                socket.create_connection(("127.0.0.1", heard.port)).close()  # in case nobody came
            thread.join()


def _talk(peer: ssl.SSLSocket, reply: bytes, received: bytearray) -> None:
    while more := peer.recv(65_536):
        received += more
        head, end, body = bytes(received).partition(b"\r\n\r\n")
        length = re.search(rb"(?i)content-length: *([0-9]+)", head)
        if end and len(body) >= (int(length[1]) if length else 0):
            peer.sendall(reply)
            return
