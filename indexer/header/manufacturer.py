"""The scanner's maker under one name, however its headers spell it."""

from types import MappingProxyType

from indexer.header.evidence import INFERRED, STATED, Evidence
from indexer.header.text import find_phrase, normal_form, phrases
from indexer.records import Derived

# Canonical name and how headers spell it; companies that were bought go under the name on the machine's door today.
SPELLINGS = MappingProxyType(
    {
        "Siemens": phrases("siemens, siemens healthineers, siemens healthcare, siemens medical"),
        "Philips": phrases("philips, philips medical systems, philips healthcare, koninklijke philips"),
        "GE": phrases(
            "ge, g e, ge medical systems, ge healthcare, gems, genesis signa, general electric, genesis, ge medical"
        ),
        "Canon": phrases("canon, canon mec, toshiba, toshiba mec"),
        "Fujifilm": phrases("hitachi, fujifilm, fuji, hitachi medical corporation"),
        "UIH": phrases("uih, united imaging, shanghai united imaging, united imaging healthcare"),
        "Esaote": phrases("esaote"),
        "Bruker": phrases("bruker"),
        "Agilent": phrases("agilent, varian"),
        "Hyperfine": phrases("hyperfine"),
        "Neusoft": phrases("neusoft, neusoft medical systems"),
        "Mindray": phrases("mindray"),
        "Fonar": phrases("fonar"),
        "Paramed": phrases("paramed, asg"),
        "Marconi": phrases("marconi, picker"),
    }
)
MODELS = MappingProxyType(
    {
        "Siemens": phrases(
            "magnetom, trio, triotim, verio, skyra, prisma, prisma fit, vida, aera, avanto, espree, symphony, "
            "sonata, sola, lumina, terra, biograph mmr, allegra, amira, altea, investigational device 7t"
        ),
        "Philips": phrases("achieva, ingenia, intera, gyroscan, panorama, ingenuity, elition, ambition"),
        "GE": phrases(
            "signa, discovery, optima, brivo, signa hdx, signa hdxt, discovery mr750, genesis signa, architect"
        ),
        "Canon": phrases("vantage, titan, galan, orian, excelart"),
        "Fujifilm": phrases("echelon, oasis, airis, aperto, velocity"),
        "UIH": phrases("umr, u mr"),
    }
)


def manufacturer_of(evidence: Evidence) -> Derived[str]:
    """The maker: as the header states it, else by the model's name, else by a name in the path."""
    stated = evidence.tag("Manufacturer")
    if stated:
        named = _named(stated, SPELLINGS)
        return Derived(named or stated, stated, "manufacturer", STATED)
    model = evidence.tag("ManufacturerModelName")
    if named := _named(model, MODELS):
        return Derived(named, model, "model", INFERRED)
    for field in (*evidence.series, *evidence.folders):
        named = next((name for name in SPELLINGS if find_phrase(field.text, (name.lower(),))), None)
        if named:
            return Derived(named, field.raw, field.rule, INFERRED)
    return Derived()


def _named(raw: str, spellings: MappingProxyType[str, tuple[str, ...]]) -> str | None:
    text = normal_form(raw)
    return next((name for name, spelled in spellings.items() if find_phrase(text, spelled)), None)
