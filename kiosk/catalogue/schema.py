"""JSON Schema of the catalogue's files, for editors that check while one types."""

from __future__ import annotations

from kiosk.catalogue.files import BundleFile, Departments, Elements, Head, ItemFile, Materials, Part, Policies, WorkingDaysTable

SHAPES: dict[str, type[Part]] = {
    "catalogue": Head,
    "departments": Departments,
    "elements": Elements,
    "materials": Materials,
    "policies": Policies,
    "working-days": WorkingDaysTable,
    "item": ItemFile,
    "bundle": BundleFile,
}


def schema_of(shape: str) -> dict[str, object]:
    """JSON Schema (2020-12) of one kind of file; ``KeyError`` for a kind that there is not."""
    schema: dict[str, object] = SHAPES[shape].model_json_schema()
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}
