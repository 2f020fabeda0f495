"""Puts a catalogue together from files that the linter has found sound."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from kiosk.catalogue.file_set import CatalogueFiles
from kiosk.catalogue.files import (
    AskedField,
    Baseline,
    BundleFile,
    Condition,
    Delivery,
    Department,
    Element,
    ElementType,
    Hours,
    ItemFile,
    Material,
    NeededMaterial,
    Role,
    Scope,
    Source,
    WorkingDaysTable,
)
from kiosk.catalogue.models import (
    BundlePart,
    Catalogue,
    Choice,
    FieldKind,
    FormField,
    Item,
    ItemMaterial,
    ProjectType,
)
from kiosk.catalogue.rules import any_of, both, names_in, unless
from kiosk.domain.identity import AssuranceLevel
from kiosk.domain.language import Words
from kiosk.domain.working_days import WorkingDays

CARD_TEXTS = frozenset({"name", "id_number", "address"})
"""Facts of the card that stand in the form as they are."""
_KINDS = {
    ElementType.TEXT: FieldKind.TEXT,
    ElementType.NUMBER: FieldKind.NUMBER,
    ElementType.DAY: FieldKind.DATE,
    ElementType.CHOICE: FieldKind.CHOICE,
    ElementType.YES_NO: FieldKind.CHOICE,
    ElementType.PHONE: FieldKind.PHONE,
    ElementType.ADDRESS: FieldKind.ADDRESS,
    ElementType.ID_NUMBER: FieldKind.ID_NUMBER,
}
YES, NO = "yes", "no"
_YES_NO = (Choice(YES, Words(zh="是", en="Yes")), Choice(NO, Words(zh="否", en="No")))
_LENGTHS = {ElementType.PHONE: 11, ElementType.ID_NUMBER: 18}


@dataclass(frozen=True)
class _Registries:
    lacking: tuple[Condition, ...]
    departments: Mapping[str, Department]
    elements: Mapping[str, Element]
    materials: Mapping[str, Material]


def put_together(files: CatalogueFiles) -> Catalogue:
    """The catalogue that the terminal uses."""
    registries = _Registries(
        files.head.lacking,
        {department.id: department for department in files.departments},
        {element.name: element for element in files.elements},
        {material.id: material for material in files.materials},
    )
    items = [_item(file, registries) for file in files.items.values()]
    by_id = {item.id: item for item in items}
    bundles = [_bundle(file, by_id, registries) for file in files.bundles.values()]
    listed = sorted((item for item in items if item.number is not None), key=lambda item: item.number or 0)
    return Catalogue(
        version=files.head.version,
        items=(*listed, *bundles),
        consent=files.head.consent,
        consent_version=files.head.consent_version,
        rules=files.rules,
        categories=files.head.categories,
        policies=files.policies,
        departments=files.departments,
        hot=dict(files.head.hot),
        unlisted=tuple(item for item in items if item.number is None),
        sample=files.head.sample,
        working_days=working_days(files.working_days) if files.working_days is not None else None,
    )


def working_days(table: WorkingDaysTable) -> WorkingDays:
    """The table as it is counted by."""
    return WorkingDays(table.valid_from, table.valid_to, frozenset(table.holidays), frozenset(table.worked))


def _lacking(materials: Iterable[ItemMaterial], registries: _Registries) -> tuple[Condition, ...]:
    """Nobody is looked up for a matter in which nothing may be handed in later."""
    return registries.lacking if any(material.lack_days for material in materials) else ()


def _item(file: ItemFile, registries: _Registries) -> Item:
    fields = tuple(_field(asked, registries.elements[asked.element]) for asked in file.fields)
    materials = tuple(_material(needed, registries.materials[needed.material]) for needed in file.materials)
    return Item(
        id=file.id,
        code=file.code,
        task_handle_item=file.task_handle_item,
        version=file.version,
        name=file.name,
        short_name=file.short_name,
        summary=file.summary,
        picture=file.picture,
        category=file.category,
        authority=registries.departments[file.department],
        project_type=ProjectType(file.project_type),
        legal_days=file.legal_days,
        promised_days=file.promised_days,
        fee=file.fee,
        output=file.output,
        level=AssuranceLevel(file.level),
        card_kinds=file.card_kinds,
        conditions=file.conditions,
        guide=file.guide,
        fields=fields,
        materials=materials,
        aliases=file.aliases,
        number=file.number,
        proof=file.proof,
        scope=file.scope,
        delivery=file.delivery,
        hours=file.hours,
        subject=file.subject,
        baseline=file.baseline,
        trips=file.trips,
        lacking=_lacking(materials, registries),
        shared=_shared(fields, materials, (*file.conditions, *_lacking(materials, registries)), registries),
    )


def _field(asked: AskedField, element: Element) -> FormField:
    choices = tuple(Choice(choice.value, choice.label) for choice in element.choices)
    return FormField(
        name=element.name,
        label=element.label,
        kind=_KINDS[element.type],
        from_card=element.name if element.source is Source.CARD and element.name in CARD_TEXTS else "",
        required=asked.required,
        help=element.help,
        choices=_YES_NO if element.type is ElementType.YES_NO else choices,
        max_length=_LENGTHS.get(element.type, element.max_length),
        source=element.source,
        type=element.type,
        when=asked.when,
        days=element.days,
        authority=element.authority or "",
        correctable=element.correctable,
    )


def _material(needed: NeededMaterial, material: Material) -> ItemMaterial:
    return ItemMaterial(material, needed.role, needed.why, needed.when, needed.lack_days, needed.required_from_resident)


def _shared(
    fields: Iterable[FormField], materials: Iterable[ItemMaterial], conditions: Iterable[Condition], registries: _Registries
) -> tuple[str, ...]:
    """Elements to fetch: those of form, papers and rules, and those that derived ones are computed from."""
    wanted = [field.name for field in fields]
    rules = [field.when for field in fields]
    for material in materials:
        wanted += material.shared
        rules.append(material.when)
    rules += [condition.rule for condition in conditions]
    for rule in rules:
        wanted += sorted(names_in(rule)) if rule else ()
    return tuple(name for name in _with_origins(wanted, registries) if registries.elements[name].source is Source.SHARED)


def _with_origins(names: Iterable[str], registries: _Registries) -> tuple[str, ...]:
    found: dict[str, None] = {}
    waiting = list(names)
    while waiting:
        name = waiting.pop(0)
        if name in found:
            continue
        found[name] = None
        rule = registries.elements[name].rule
        waiting += sorted(names_in(rule)) if rule else ()
    return tuple(found)


def _bundle(file: BundleFile, items: Mapping[str, Item], registries: _Registries) -> Item:
    parts = tuple(BundlePart(items[part.item], part.when) for part in file.items)
    fields, materials, conditions = _merged_fields(file, parts, registries), _merged_materials(parts), _merged_conditions(parts)
    return Item(
        id=file.id,
        code=file.id,
        task_handle_item="",
        version=file.version,
        name=file.name,
        short_name=file.short_name,
        summary=file.summary,
        picture=file.picture,
        category=file.category,
        authority=registries.departments[file.department],
        project_type=ProjectType.ON_THE_SPOT if file.promised_days == 0 else ProjectType.PROMISED,
        legal_days=max(part.item.legal_days for part in parts),
        promised_days=file.promised_days,
        fee=_joined(part.item.fee for part in parts),
        output=_joined(part.item.output for part in parts),
        level=max(part.item.level for part in parts),
        card_kinds=tuple(kind for kind in parts[0].item.card_kinds if all(kind in part.item.card_kinds for part in parts)),
        conditions=conditions,
        guide=file.guide,
        fields=fields,
        materials=materials,
        aliases=file.aliases,
        scope=Scope.CITY,
        delivery=tuple(kind for kind in Delivery if any(kind in part.item.delivery for part in parts)),
        hours=Hours(opens=max(part.item.hours.opens for part in parts), closes=min(part.item.hours.closes for part in parts)),
        subject=parts[0].item.subject,
        baseline=_summed(part.item.baseline for part in parts),
        trips=max(part.item.trips for part in parts),
        parts=parts,
        questions=file.questions,
        lacking=_lacking(materials, registries),
        shared=_shared(fields, materials, (*conditions, *_lacking(materials, registries)), registries),
    )


def _merged_conditions(parts: tuple[BundlePart, ...]) -> tuple[Condition, ...]:
    """Each as it stands, but only where its matter is part of the bundle."""
    return tuple(
        condition.model_copy(update={"rule": unless(part.when, condition.rule)})
        for part in parts
        for condition in part.item.conditions
    )


def _merged_fields(file: BundleFile, parts: tuple[BundlePart, ...], registries: _Registries) -> tuple[FormField, ...]:
    """Each element once: questions first, then as the matters ask for them; needed when any of them needs it."""
    first = {name: _field(AskedField(element=name), registries.elements[name]) for name in file.questions}
    rules: dict[str, list[str | None]] = {}
    found: dict[str, FormField] = {}
    for part in parts:
        for form_field in part.item.fields:
            seen = found.get(form_field.name, form_field)
            found[form_field.name] = replace(seen, required=seen.required or form_field.required)
            rules.setdefault(form_field.name, []).append(both(part.when, form_field.when))
    merged = (replace(form_field, when=any_of(rules[name])) for name, form_field in found.items() if name not in first)
    return (*first.values(), *merged)


def _merged_materials(parts: tuple[BundlePart, ...]) -> tuple[ItemMaterial, ...]:
    """Each paper once. It is primary when it is for any of the matters, and may be lacking only where all allow it."""
    found: dict[str, list[tuple[ItemMaterial, str | None]]] = {}
    for part in parts:
        for material in part.item.materials:
            found.setdefault(material.id, []).append((material, both(part.when, material.when)))
    merged = []
    for uses in found.values():
        first = uses[0][0]
        primary = any(material.role is Role.PRIMARY for material, _ in uses)
        merged.append(
            replace(
                first,
                role=Role.PRIMARY if primary else Role.SECONDARY,
                when=any_of(rule for _, rule in uses),
                lack_days=0 if primary else min(material.lack_days for material, _ in uses),
                from_resident=any(material.from_resident for material, _ in uses),
            )
        )
    return tuple(merged)


def _joined(texts: Iterable[Words]) -> Words:
    unlike = tuple(dict.fromkeys(texts))
    return Words(zh="；".join(text.zh for text in unlike), en="; ".join(text.en for text in unlike))


def _summed(baselines: Iterable[Baseline]) -> Baseline:
    counted = tuple(baselines)
    return Baseline(
        fields=sum(one.fields for one in counted),
        materials=sum(one.materials for one in counted),
        trips=sum(one.trips for one in counted),
    )
