"""Other durable queues and stores of Python, each taking one record of 4 KiB at a time, at settings meant to be durable."""

from __future__ import annotations

import os
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

Put = Callable[[bytes], object]


def sqlite_plain(folder: Path) -> Put:
    """One INSERT, WAL, synchronous=FULL: what SQLite itself costs."""
    connection = sqlite3.connect(folder / "plain.sqlite", isolation_level=None)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("CREATE TABLE queue (id INTEGER PRIMARY KEY, body BLOB)")
    return lambda body: connection.execute("INSERT INTO queue (body) VALUES (?)", (body,))


def sqlite_utils(folder: Path) -> Put:
    """``sqlite_utils`` insert into a WAL file, synchronous=FULL."""
    from sqlite_utils import Database

    database = Database(folder / "utils.sqlite")
    database.enable_wal()
    database.execute("PRAGMA synchronous=FULL")
    table = database.table("queue")
    return lambda body: table.insert({"body": body})


def persist_queue(folder: Path) -> Put:
    """``persistqueue.SQLiteAckQueue`` as it comes, committing each put."""
    from persistqueue import SQLiteAckQueue

    queue = SQLiteAckQueue(str(folder / "ack"), auto_commit=True)
    return queue.put  # type: ignore[no-any-return]


def huey(folder: Path) -> Put:
    """huey's SQLite storage with ``fsync=True``."""
    from huey.storage import SqliteStorage

    storage = SqliteStorage(filename=str(folder / "huey.sqlite"), fsync=True)
    return storage.enqueue  # type: ignore[no-any-return]


def litequeue(folder: Path) -> Put:
    """litequeue as it comes."""
    from litequeue import LiteQueue

    queue = LiteQueue(str(folder / "lite.sqlite"))
    return lambda body: queue.put(body.hex()[: len(body)])


def litequeue_full(folder: Path) -> Put:
    """litequeue with synchronous=FULL set on its connection."""
    from litequeue import LiteQueue

    queue = LiteQueue(str(folder / "lite_full.sqlite"))
    queue.conn.execute("PRAGMA synchronous=FULL")
    return lambda body: queue.put(body.hex()[: len(body)])


PEERS: dict[str, Callable[[Path], Put]] = {
    "sqlite3 (WAL, FULL)": sqlite_plain,
    "sqlite-utils insert": sqlite_utils,
    "persist-queue SQLiteAckQueue": persist_queue,
    "huey SQLite storage": huey,
    "litequeue": litequeue,
    "litequeue, synchronous=FULL": litequeue_full,
}


def is_durable(name: str) -> bool | None:
    """True when each put is followed by at least one fsync or fdatasync, counted at the system calls; ``None`` without strace.

    Puts of two lengths are compared, so that opening and closing do not count.
    """
    if shutil.which("strace") is None:
        return None
    few, many = 10, 40
    return _syncs(name, many) - _syncs(name, few) >= many - few


def _syncs(name: str, puts: int) -> int:
    with tempfile.TemporaryDirectory(prefix="peer-", dir=Path.cwd()) as folder:
        trace = Path(folder) / "trace"
        subprocess.run(
            [
                *("strace", "-f", "-e", "trace=fsync,fdatasync", "-o", str(trace)),
                *(sys.executable, "-m", "benchmarks.queue_peers", name, str(puts), folder),
            ],
            check=True,
        )
        return len(re.findall(r"f(?:data)?sync\(\d+\)\s+= 0", trace.read_text(encoding="utf-8", errors="replace")))


if __name__ == "__main__":
    put = PEERS[sys.argv[1]](Path(sys.argv[3]))
    for _ in range(int(sys.argv[2])):
        put(os.urandom(4096))
