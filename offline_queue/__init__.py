"""The sealed, durable store of cases and the sync that drains it. No Qt, no device; of ours it sees only ``contract``.

Start with ``store.Outbox`` (accept a case), ``sync.Syncer`` (one pass), ``loop.SyncLoop`` (passes on a thread).
What is promised, and how, stands in ``docs/reliability.md``.
"""
