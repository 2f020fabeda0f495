"""The table of where terminals stand."""

from __future__ import annotations

from sqlite_utils import Database as Schema


def create_kiosk_places(schema: Schema) -> None:
    """Where terminals stand, and what each could do when it was last heard from."""
    schema.table("kiosk_places").create(
        {
            "kiosk_id": str,
            "latitude": float,
            "longitude": float,
            "address": str,
            "serving": int,
            "catalogue_version": str,
            "closed_items": bytes,
            "prints_documents": int,
            "told_at_ms": int,
        },
        pk="kiosk_id",
        not_null={
            *("latitude", "longitude", "address", "serving", "catalogue_version"),
            *("closed_items", "prints_documents", "told_at_ms"),
        },
        foreign_keys=[("kiosk_id", "kiosks", "kiosk_id")],
        strict=True,
    ).create_index(["latitude"])
