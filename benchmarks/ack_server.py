"""A platform that does nothing but acknowledge, as fast as one process can: the other end of ``queue_drain``.

It reads cases as the contract has them, digests them, and signs one receipt tree a batch. It stores nothing and checks no token.
On a thread a connection, with plain sockets: what is measured is the terminal, not a web framework.
"""

from __future__ import annotations

import socket
import sys
import threading
import time

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from contract import merkle
from contract.cases import (
    Accepted,
    CaseHeader,
    DeliveryReceipt,
    SignedReceipt,
    StatusFeed,
    SubmitAnswer,
    SubmitCases,
    receipt_signed_bytes,
)
from contract.compression import zstd


def answer(key: Ed25519PrivateKey, body: bytes, encoding: str) -> bytes:
    """The acknowledgement of a batch."""
    cases = msgspec.msgpack.decode(zstd.decompress(body) if encoding == "zstd" else body, type=SubmitCases).cases
    now_ms = time.time_ns() // 1_000_000
    headers = [msgspec.json.decode(case.header, type=CaseHeader) for case in cases]
    bodies = [
        msgspec.json.encode(
            DeliveryReceipt(
                case_id=header.case_id,
                kiosk_id=header.kiosk_id,
                receipt_number=header.receipt_number,
                digest=case.digest,
                received_at_ms=now_ms,
            )
        )
        for header, case in zip(headers, cases, strict=True)
    ]
    root, proofs = merkle.tree(bodies)
    signature = key.sign(receipt_signed_bytes(len(bodies), root))
    outcomes = tuple(
        Accepted(header.case_id, SignedReceipt(body, "r-bench", signature, index, len(bodies), proof))
        for index, (header, body, proof) in enumerate(zip(headers, bodies, proofs, strict=True))
    )
    return msgspec.msgpack.encode(SubmitAnswer(outcomes, now_ms))


def serve_one(connection: socket.socket, key: Ed25519PrivateKey) -> None:
    """Requests of one connection, one after the other, until it ends."""
    with connection, connection.makefile("rwb") as stream:
        while request := stream.readline():
            headers: dict[str, str] = {}
            while (line := stream.readline().strip()) != b"":
                name, _, value = line.decode("latin-1").partition(":")
                headers[name.lower()] = value.strip()
            body = stream.read(int(headers.get("content-length", "0")))
            if request.startswith(b"POST /v1/cases"):
                media_type, told = "application/msgpack", answer(key, body, headers.get("content-encoding", ""))
            else:
                feed = StatusFeed((), "", more=False, platform_time_ms=time.time_ns() // 1_000_000)
                media_type, told = "application/json", msgspec.json.encode(feed)
            head = f"HTTP/1.1 200 OK\r\ncontent-type: {media_type}\r\ncontent-length: {len(told)}\r\n\r\n"
            stream.write(head.encode() + told)
            stream.flush()


def main() -> None:
    """Read the private key (hex) from stdin, listen on a free loopback port, tell it, serve until stdin ends."""
    key = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(sys.stdin.readline().strip()))
    listener = socket.create_server(("127.0.0.1", 0))
    print(listener.getsockname()[1], flush=True)

    def accept() -> None:
        while True:
            connection, _ = listener.accept()
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            threading.Thread(target=serve_one, args=(connection, key), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    sys.stdin.read()


if __name__ == "__main__":
    main()
