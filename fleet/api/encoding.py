"""Compressed bodies: ``content-encoding: zstd`` (RFC 8878), opened under a hard limit."""

from __future__ import annotations

from contract.compression import ZSTD, zstd

__all__ = ["ZSTD", "Garbled", "TooLarge", "decompress"]

_LARGEST_WINDOW_LOG = 23
"""8 MiB, what RFC 9659 allows on the web: memory that a sender can make us hold."""


class TooLarge(ValueError):
    """The body would grow beyond the limit."""


class Garbled(ValueError):
    """The body is not one whole frame."""


def decompress(body: bytes, limit: int) -> bytes:
    """The content of exactly one frame, at most ``limit`` bytes. Raises ``TooLarge`` or ``Garbled``.

    Never makes more than ``limit`` + 1 bytes, however much the frame claims to hold.
    """
    frame = zstd.ZstdDecompressor(options={zstd.DecompressionParameter.window_log_max: _LARGEST_WINDOW_LOG})
    content = bytearray()
    try:
        piece = frame.decompress(body, max_length=limit + 1)
        while True:
            content += piece
            if len(content) > limit:
                raise TooLarge
            if frame.eof or frame.needs_input:
                break
            piece = frame.decompress(b"", max_length=limit + 1 - len(content))
    except zstd.ZstdError as error:
        raise Garbled from error
    if not frame.eof or frame.unused_data:
        raise Garbled
    return bytes(content)
