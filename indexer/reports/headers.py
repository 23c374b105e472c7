"""The words that head the sections of radiology reports, in six languages.

Canonical name -> words, in lower case. Words of several tokens match any white space between them. Sites add their own
by passing a map of their own to `sections.split_sections`.
"""

from collections.abc import Mapping
from types import MappingProxyType

# Where a report has no header, the whole text is one section of this name; what stands before the first header is
# another: most often the name of the examination.
WHOLE = "text"
PREAMBLE = "preamble"

HEADERS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "findings": (
            *("findings", "finding", "description", "report", "observations", "mri findings", "imaging findings"),
            *("befund", "befunde", "bildgebender befund", "mrt-befund"),
            *("résultats", "resultats", "résultat", "description des images", "constatations"),
            *("hallazgos", "descripción", "descripcion", "referto", "reperti", "esame", "bevindingen", "verslag"),
        ),
        "impression": (
            *("impression", "impressions", "conclusion", "conclusions", "opinion", "summary", "assessment"),
            *("diagnosis", "interpretation", "impression and recommendation", "impression and recommendations"),
            *("beurteilung", "zusammenfassung", "zusammenfassende beurteilung", "diagnose", "fazit"),
            *("conclusión", "conclusiones", "impresión", "impresión diagnóstica", "impresion", "opinión"),
            *("conclusioni", "conclusione", "impressione", "conclusie", "synthèse", "au total", "beoordeling"),
        ),
        "indication": (
            *(
                "indication",
                "indications",
                "history",
                "clinical history",
                "clinical indication",
                "clinical information",
            ),
            *("clinical information", "reason for exam", "reason for examination"),
            *("clinical details", "clinical data", "clinical question"),
            *("klinische angaben", "indikation", "fragestellung", "anamnese", "klinische angaben und fragestellung"),
            *("renseignements cliniques", "motif", "antécédents", "contexte clinique", "indicación", "motivo"),
            *("antecedentes", "datos clínicos", "indicazione", "quesito clinico", "anamnesi", "notizie cliniche"),
            *("klinische gegevens", "indicatie", "vraagstelling", "voorgeschiedenis"),
        ),
        "technique": (
            *("technique", "procedure", "protocol", "examination", "exam", "sequences", "mr technique", "contrast"),
            *("technik", "untersuchungstechnik", "methode", "technique d'examen", "técnica", "tecnica", "techniek"),
            *("untersuchung", "protocole", "protocolo", "protocollo", "onderzoek", "kontrastmittel"),
        ),
        "comparison": (
            *("comparison", "comparisons", "prior", "prior studies", "previous studies", "comparison studies"),
            *("vergleich", "voruntersuchung", "voruntersuchungen", "comparaison", "examens antérieurs"),
            *("comparación", "comparacion", "confronto", "precedenti", "vergelijking"),
        ),
        "recommendation": (
            *("recommendation", "recommendations", "empfehlung", "empfehlungen", "recommandation"),
            *("recommandations", "recomendación", "recomendaciones", "raccomandazioni", "aanbeveling"),
        ),
        "addendum": ("addendum", "addenda", "nachtrag", "additif", "adenda", "aggiunta"),
    }
)
