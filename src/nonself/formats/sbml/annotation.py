"""What SBML has no element for, kept in annotations: sources, ranges and scales, written and read again.

Sources stand twice: as MIRIAM terms (`isDescribedBy` a DOI or PubMed id), which other programs know, and in our own
words with the place in the source, or why a number is assumed. Nothing here changes what is computed but the scale of a
species, which sets its absolute tolerance, and the size by which amounts given to it are divided.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from xml.etree.ElementTree import Element, ParseError, SubElement, fromstring

from nonself.formats.sbml.contents import Contents, names_in
from nonself.formats.sbml.places import Places
from nonself.formats.sbml.rewrite import formulas
from nonself.formats.sbml.unit_out import NAMESPACE
from nonself.model.parts import Mechanism, Parameter, Species
from nonself.provenance import Citation, Source, assumed

RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
QUALIFIERS = {
    "bqbiol": "http://biomodels.net/biology-qualifiers/",
    "bqmodel": "http://biomodels.net/model-qualifiers/",
}
_FIELDS = ("key", "title", "authors", "year", "venue", "doi", "pmid", "read_in")


# out ---------------------------------------------------------------------------------------------------------------
@dataclass(slots=True)
class Sources:
    """The sources of one file: `listed` those already met, in order."""

    listed: dict[Citation, str] = field(default_factory=dict)

    def annotate(
        self, element: Element, source: Source, size: str | None = None, **more: float | None
    ) -> None:
        """Give an element its source, the id of its size, and numbers by name that are not None."""
        annotation = Element("annotation")
        if isinstance(source, Citation):
            _described(annotation, element, "bqbiol", [source])
        part = SubElement(annotation, "nonself:part", {"xmlns:nonself": NAMESPACE})
        for word, value in more.items():
            if value is not None:
                part.set(word, repr(float(value)))
        if size is not None:
            part.set("size", size)
        if isinstance(source, Citation):
            whole = replace(source, place=None)
            own = self.listed.setdefault(whole, f"c{len(self.listed) + 1}")
            SubElement(
                part, "nonself:from", {"source": own, **({"at": source.place} if source.place else {})}
            )
        else:
            SubElement(part, "nonself:assumed").text = source.why
        element.insert(0, annotation)

    def annotate_model(self, element: Element, references: tuple[Citation, ...]) -> None:
        """Give the model all sources: those of the whole model first."""
        every = [*references, *(one for one in self.listed if one not in references)]
        if not every:
            return
        annotation = Element("annotation")
        _described(annotation, element, "bqmodel", list(references))
        whole = SubElement(annotation, "nonself:sources", {"xmlns:nonself": NAMESPACE})
        for one in every:
            given = {word: getattr(one, word) for word in _FIELDS if getattr(one, word) is not None}
            if one in self.listed:
                given["id"] = self.listed[one]
            if one in references:
                given["of"] = "model"
            SubElement(whole, "nonself:source", {word: str(value) for word, value in given.items()})
        element.insert(1, annotation)


def _described(annotation: Element, element: Element, qualifier: str, sources: list[Citation]) -> None:
    """A MIRIAM term: the element is described by these."""
    links = [
        f"https://identifiers.org/{'doi:' + one.doi if one.doi else 'pubmed:' + str(one.pmid)}"
        for one in sources
        if one.doi or one.pmid
    ]
    if not links:
        return
    name = f"meta_{element.get('id')}"
    element.set("metaid", name)
    spaces = {"xmlns:rdf": RDF, f"xmlns:{qualifier}": QUALIFIERS[qualifier]}
    rdf = SubElement(annotation, "rdf:RDF", spaces)
    term = SubElement(
        SubElement(rdf, "rdf:Description", {"rdf:about": f"#{name}"}), f"{qualifier}:isDescribedBy"
    )
    bag = SubElement(term, "rdf:Bag")
    for link in dict.fromkeys(links):
        SubElement(bag, "rdf:li", {"rdf:resource": link})


# in ----------------------------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Told:
    """What our annotations tell: `references` of the model; `sources` symbol -> its source; `numbers` symbol -> its
    range ("low", "high") and "scale"; `sizes` symbol -> what amounts given to it are divided by; `holder` the
    compartment that is there only because SBML wants one.
    """

    references: tuple[Citation, ...] = ()
    sources: Mapping[str, Source] = field(default_factory=dict)
    numbers: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    holder: str | None = None
    sizes: Mapping[str, str] = field(default_factory=dict)


def told(document: Any) -> Told:
    """Return what our annotations in a document tell; nothing where it has none."""
    model = document.getModel()
    holders = [model.getCompartment(k) for k in range(model.getNumCompartments())]
    holder = [part.getId() for part in holders if _ours(part, "holder") is not None]
    whole = _ours(model, "sources")
    if whole is None and not holder:
        return Told()
    listed = {} if whole is None else {one.get("id", ""): one for one in whole}
    references = [] if whole is None else [_citation(one) for one in whole if one.get("of") == "model"]
    sources: dict[str, Source] = {}
    numbers: dict[str, dict[str, float]] = {}
    sizes: dict[str, str] = {}
    for kind in ("Species", "Parameters"):
        found = model.getListOfSpecies() if kind == "Species" else model.getListOfParameters()
        for number in range(found.size()):
            symbol, part = found.get(number).getId(), _ours(found.get(number), "part")
            if part is not None:
                numbers[symbol] = {
                    word: float(part.attrib[word])
                    for word in ("low", "high", "scale")
                    if _is_number(part.get(word))
                }
                sizes |= {symbol: part.attrib["size"]} if "size" in part.attrib else {}
                source = _source(part, listed)
                if source is not None:
                    sources[symbol] = source
    return Told(
        tuple(one for one in references if one is not None),
        sources,
        numbers,
        holder[0] if len(holder) == 1 else None,
        sizes,
    )


def without_holder(contents: Contents, given: Told) -> Contents:
    """Return contents without the compartment that only holds amounts and that no formula uses."""
    own = given.holder
    amounts = all(part.is_amount for part in contents.quantities.values() if part.compartment == own)
    changed = {*contents.assigned, *contents.driven, *contents.initial, *contents.assigned_by_events()}
    used = {name for formula in formulas(contents) for name in names_in(formula)}
    if own is None or not amounts or own in changed | used:
        return contents
    return replace(
        contents, quantities={key: part for key, part in contents.quantities.items() if key != own}
    )


def with_sources(part: Mechanism, places: Places, given: Told) -> Mechanism:
    """Return a mechanism whose numbers have the sources, ranges and scales that our annotations tell."""
    if not given.sources and not given.references and not given.numbers:
        return part
    by_parameter: dict[str, str] = {}
    by_species: dict[str, str] = {}
    for symbol, first in places.first.items():
        by_parameter[first] = symbol
        by_species[places.held[symbol]] = symbol

    def parameter(one: Parameter) -> Parameter:
        symbol = by_parameter.get(one.id, "")
        low, high = (given.numbers.get(symbol, {}).get(word) for word in ("low", "high"))
        source = given.sources.get(symbol, one.source)
        return replace(one, source=source, range=one.range if low is None or high is None else (low, high))

    def species(one: Species) -> Species:
        symbol = by_species.get(one.id, "")
        scale = given.numbers.get(symbol, {}).get("scale", one.scale)
        size = places.held.get(given.sizes.get(symbol, ""), "")
        return replace(
            one,
            source=given.sources.get(symbol, one.source),
            scale=scale if scale > 0 else one.scale,
            size=size if size in places.parameters else one.size,
        )

    return replace(
        part,
        references=given.references,
        parameters=tuple(parameter(one) for one in part.parameters),
        species=tuple(species(one) for one in part.species),
    )


def _ours(element: Any, word: str) -> Element | None:
    """Our own element in an annotation, where it has one."""
    if not element.isSetAnnotation():
        return None
    text = element.getAnnotationString()
    if NAMESPACE not in text:
        return None
    try:
        return fromstring(text).find(f"{{{NAMESPACE}}}{word}")
    except ParseError:
        return None


def _source(part: Element, listed: Mapping[str, Element]) -> Source | None:
    why = part.find(f"{{{NAMESPACE}}}assumed")
    if why is not None and (why.text or "").strip():
        return assumed(why.text or "")
    link = part.find(f"{{{NAMESPACE}}}from")
    known = None if link is None else listed.get(link.get("source", ""))
    citation = None if known is None else _citation(known)
    return None if link is None or citation is None else replace(citation, place=link.get("at"))


def _citation(one: Element) -> Citation | None:
    given = {word: one.get(word) for word in _FIELDS}
    year = given.pop("year") or ""
    if not year.isdecimal() or any(given[word] is None for word in ("key", "title", "authors", "venue")):
        return None
    return Citation(year=int(year), **given)  # type: ignore[arg-type]


def _is_number(text: str | None) -> bool:
    try:
        return text is not None and math.isfinite(float(text))
    except ValueError:
        return False
