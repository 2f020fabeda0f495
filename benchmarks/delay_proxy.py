"""A line with a long way: every byte arrives half a round trip later, in both directions; the rate is not limited.

A process of its own, so that it does not share the measured one's interpreter lock.
"""

from __future__ import annotations

import asyncio
import sys
from contextlib import suppress

_READ_BYTES = 256 * 1024


async def carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, delay_s: float) -> None:
    """Pass on bytes in order, each ``delay_s`` after it came."""
    loop = asyncio.get_running_loop()
    line: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue()

    async def deliver() -> None:
        while True:
            due, data = await line.get()
            await asyncio.sleep(max(0.0, due - loop.time()))
            if not data:
                break
            writer.write(data)
            await writer.drain()
        with suppress(OSError, RuntimeError):
            writer.write_eof()

    delivery = asyncio.create_task(deliver())
    with suppress(OSError):
        while data := await reader.read(_READ_BYTES):
            line.put_nowait((loop.time() + delay_s, data))
    line.put_nowait((loop.time() + delay_s, b""))
    with suppress(OSError):
        await delivery


async def run(target: int, delay_s: float) -> None:
    """Listen on a free loopback port, tell it, and serve until stdin ends."""

    async def meet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        # The handshake takes its round trip as well.
        await asyncio.sleep(2 * delay_s)
        there, back = await asyncio.open_connection("127.0.0.1", target)
        with suppress(asyncio.CancelledError):  # the end of the run
            await asyncio.gather(carry(reader, back, delay_s), carry(there, writer, delay_s))
        writer.close()

    server = await asyncio.start_server(meet, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)


if __name__ == "__main__":
    with suppress(KeyboardInterrupt):
        asyncio.run(run(int(sys.argv[1]), float(sys.argv[2])))
