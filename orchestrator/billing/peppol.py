"""Invoices and credit notes as EHF Fakturering 3.0, which is Peppol BIS Billing 3.0: EN 16931 in UBL 2.1.

Elements stand in the order of the UBL schemas; what looks arbitrary names the rule that asks for it. A receiver checks
a line's amount against quantity × price ÷ base quantity, here days × the year's price ÷ the year's days, and lets it be
2 øre away (PEPPOL-EN16931-R120); ours are at most one.
"""

from typing import Final
from xml.etree import ElementTree as Xml

from orchestrator.billing.basis import Line
from orchestrator.billing.days import Ore, decimal
from orchestrator.billing.documents import Document, DocumentKind
from orchestrator.billing.parties import Party, Seller
from orchestrator.billing.rules import Category, Vat
from orchestrator.billing.seats import Register

CUSTOMIZATION: Final = "urn:cen.eu:en16931:2017#compliant#urn:fdc:peppol.eu:2017:poacc:billing:3.0"
PROFILE: Final = "urn:fdc:peppol.eu:2017:poacc:billing:01:1.0"

_UBL: Final = "urn:oasis:names:specification:ubl:schema:xsd"
_ENHETSREGISTERET: Final = "0192"  # ISO 6523
_CURRENCY: Final = "NOK"
_DAY: Final = "DAY"  # UN/ECE Recommendation 20
_CREDIT_TRANSFER: Final = "30"  # UNCL 4461
_ROOTS: Final = {DocumentKind.INVOICE: "Invoice", DocumentKind.CREDIT_NOTE: "CreditNote"}
_TYPES: Final = {DocumentKind.INVOICE: "380", DocumentKind.CREDIT_NOTE: "381"}  # UNCL 1001
_QUANTITIES: Final = {DocumentKind.INVOICE: "InvoicedQuantity", DocumentKind.CREDIT_NOTE: "CreditedQuantity"}


def ehf(document: Document, register: Register) -> bytes:
    """Write the document as a UBL Invoice or CreditNote, in UTF-8 with its declaration."""
    root_name = _ROOTS[document.kind]
    root = Xml.Element(
        root_name,
        {
            "xmlns": f"{_UBL}:{root_name}-2",
            "xmlns:cac": f"{_UBL}:CommonAggregateComponents-2",
            "xmlns:cbc": f"{_UBL}:CommonBasicComponents-2",
        },
    )
    payer = register.party(document.payer)
    _add(root, "CustomizationID", CUSTOMIZATION)
    _add(root, "ProfileID", PROFILE)
    _add(root, "ID", str(document.number))
    _add(root, "IssueDate", document.issued.isoformat())
    if document.kind is DocumentKind.INVOICE:
        _add(root, "DueDate", document.due.isoformat())
    _add(root, f"{root_name}TypeCode", _TYPES[document.kind])
    _add(root, "DocumentCurrencyCode", _CURRENCY)
    _add(root, "BuyerReference", payer.reference or payer.id)
    _period(root, document)
    for credited in document.credits:
        reference = _part(_part(root, "BillingReference"), "InvoiceDocumentReference")
        _add(reference, "ID", str(credited.number))
        _add(reference, "IssueDate", credited.issued.isoformat())
    _seller(_part(root, "AccountingSupplierParty"), register.seller, document.vat)
    _payer(_part(root, "AccountingCustomerParty"), payer)
    _payment(root, document, register.seller)
    _tax_total(root, document)
    sums = _part(root, "LegalMonetaryTotal")
    _amount(sums, "LineExtensionAmount", document.net)
    _amount(sums, "TaxExclusiveAmount", document.net)
    _amount(sums, "TaxInclusiveAmount", document.gross)
    _amount(sums, "PayableAmount", document.gross)
    for number, line in enumerate(document.lines, 1):
        _line(_part(root, f"{root_name}Line"), number, line, document, register)
    Xml.indent(root)
    written: bytes = Xml.tostring(root, encoding="UTF-8", xml_declaration=True)
    return written + b"\n"


def _seller(place: Xml.Element, seller: Seller, vat: Vat) -> None:
    party = _part(place, "Party")
    _add(party, "EndpointID", seller.organisation, schemeID=_ENHETSREGISTERET)
    _add(_part(party, "PartyName"), "Name", seller.name)
    _address(party, seller)
    if seller.vat_registered and vat.category is not Category.OUTSIDE:  # BR-O-02
        _tax_scheme(party, f"NO{seller.organisation}MVA", "VAT")  # NO-R-001
    if seller.business_registered:
        _tax_scheme(party, "Foretaksregisteret", "TAX")  # NO-R-002
    _legal_entity(party, seller)
    if seller.contact or seller.email:
        contact = _part(party, "Contact")
        if seller.contact:
            _add(contact, "Name", seller.contact)
        if seller.email:
            _add(contact, "ElectronicMail", seller.email)


def _payer(place: Xml.Element, payer: Party) -> None:
    party = _part(place, "Party")
    _add(party, "EndpointID", payer.organisation, schemeID=_ENHETSREGISTERET)
    _add(_part(party, "PartyName"), "Name", payer.name)
    _address(party, payer)
    _legal_entity(party, payer)


def _address(party: Xml.Element, of: Party | Seller) -> None:
    address = _part(party, "PostalAddress")
    for name, text in (("StreetName", of.street), ("CityName", of.city), ("PostalZone", of.postal_code)):
        if text:  # no element may be empty (PEPPOL-EN16931-R008)
            _add(address, name, text)
    _add(_part(address, "Country"), "IdentificationCode", "NO")


def _tax_scheme(party: Xml.Element, company: str, scheme: str) -> None:
    place = _part(party, "PartyTaxScheme")
    _add(place, "CompanyID", company)
    _add(_part(place, "TaxScheme"), "ID", scheme)


def _legal_entity(party: Xml.Element, of: Party | Seller) -> None:
    entity = _part(party, "PartyLegalEntity")
    _add(entity, "RegistrationName", of.name)
    _add(entity, "CompanyID", of.organisation, schemeID=_ENHETSREGISTERET)


def _payment(root: Xml.Element, document: Document, seller: Seller) -> None:
    """Say where to pay to (BG-16); a credit note is set off, and says so."""
    if document.kind is DocumentKind.CREDIT_NOTE:
        _add(_part(root, "PaymentTerms"), "Note", "Beløpet godskrives.")
        return
    means = _part(root, "PaymentMeans")
    _add(means, "PaymentMeansCode", _CREDIT_TRANSFER)
    _add(means, "PaymentID", str(document.number))
    _add(_part(means, "PayeeFinancialAccount"), "ID", seller.account)


def _tax_total(root: Xml.Element, document: Document) -> None:
    tax = _part(root, "TaxTotal")
    _amount(tax, "TaxAmount", document.tax)
    subtotal = _part(tax, "TaxSubtotal")
    _amount(subtotal, "TaxableAmount", document.net)
    _amount(subtotal, "TaxAmount", document.tax)
    category = _part(subtotal, "TaxCategory")
    _category(category, document.vat, reason=document.vat.reason)


def _category(category: Xml.Element, vat: Vat, *, reason: str = "") -> None:
    _add(category, "ID", vat.category.value)
    if vat.category is not Category.OUTSIDE:  # BR-O-05
        _add(category, "Percent", str(vat.percent))
    if reason:
        _add(category, "TaxExemptionReason", reason)
    _add(_part(category, "TaxScheme"), "ID", "VAT")


def _line(place: Xml.Element, number: int, line: Line, document: Document, register: Register) -> None:
    charge = line.charge
    central, customer = register.central(charge.central), register.party(charge.customer)
    _add(place, "ID", str(number))
    _add(place, _QUANTITIES[document.kind], str(line.period.days), unitCode=_DAY)
    _amount(place, "LineExtensionAmount", line.amount)
    _period(place, line)
    item = _part(place, "Item")
    _add(item, "Description", f"For {customer.name}, organisasjonsnummer {customer.organisation}")
    _add(item, "Name", f"Operatørplass {charge.seat}, {central.name}")
    _category(_part(item, "ClassifiedTaxCategory"), charge.vat)
    price = _part(place, "Price")
    _amount(price, "PriceAmount", charge.a_year)
    _add(price, "BaseQuantity", str(line.days_of_year), unitCode=_DAY)


def _period(place: Xml.Element, of: Document | Line) -> None:
    period = _part(place, "InvoicePeriod")
    _add(period, "StartDate", of.period.since.isoformat())
    _add(period, "EndDate", of.period.last.isoformat())


def _amount(place: Xml.Element, name: str, amount: Ore) -> None:
    _add(place, name, decimal(amount), currencyID=_CURRENCY)


def _part(place: Xml.Element, name: str) -> Xml.Element:
    return Xml.SubElement(place, f"cac:{name}")


def _add(place: Xml.Element, name: str, text: str, **attributes: str) -> None:
    Xml.SubElement(place, f"cbc:{name}", attributes).text = text
