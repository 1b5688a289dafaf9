"""EHF: the rules of EN 16931 and Peppol that these invoices could break, looked up in the file as a receiver would."""

from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from xml.etree import ElementTree as Xml

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from peppol.rules import check_rules
from peppol.xsd import validate_xsd

from orchestrator.billing.days import Ore, Period
from orchestrator.billing.documents import Document, DocumentKind, run
from orchestrator.billing.errors import BillingError
from orchestrator.billing.peppol import ehf
from orchestrator.billing.rules import Category, Rules, VatRule
from orchestrator.billing.seats import Register
from tests.unit.billing.stage import (
    AMK,
    LV_NORTH,
    NORTH,
    PRICE,
    RULES,
    SELLER,
    TRUST,
    YEAR_2021,
    periods,
    registers,
    rule_books,
    stay,
    with_stays,
)

SPACES = {
    "cac": "urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2",
    "cbc": "urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2",
}
NEW_YEAR = date(2021, 1, 1)
REGISTER = with_stays(
    stay("a-1", AMK, TRUST, date(2020, 5, 1)),
    stay("a-2", AMK, TRUST, date(2021, 3, 1)),
    stay("n-1", LV_NORTH, NORTH, date(2021, 9, 1)),
)
VATS = {
    Category.STANDARD: VatRule(since=date(2020, 1, 1), category=Category.STANDARD, percent=25),
    Category.ZERO: VatRule(since=date(2020, 1, 1), category=Category.ZERO),
    Category.EXEMPT: VatRule(since=date(2020, 1, 1), category=Category.EXEMPT, reason="Unntatt, § 3-2"),
    Category.OUTSIDE: VatRule(
        since=date(2020, 1, 1), category=Category.OUTSIDE, reason="Utenfor loven, § 3-1"
    ),
}


def invoice_and_credit(register: Register = REGISTER, rules: Rules = RULES) -> tuple[Document, Document]:
    """Charge the trust for its seats, and credit them all."""
    before = run(register, rules, YEAR_2021, before=[], issued=NEW_YEAR)
    after = run(
        msgspec.structs.replace(register, stays=()), rules, YEAR_2021, before=before, issued=date(2021, 2, 1)
    )
    (invoice,) = (one for one in before if one.payer == TRUST)
    (credit,) = (one for one in after if one.payer == TRUST)
    return invoice, credit


def texts(root: Xml.Element, path: str) -> list[str]:
    """Return the texts of the elements at a path."""
    return [element.text or "" for element in root.findall(path, SPACES)]


def text(root: Xml.Element, path: str) -> str:
    """Return the text of the one element at a path."""
    (found,) = texts(root, path)
    return found


def amount(root: Xml.Element, path: str) -> Decimal:
    """Return the one amount at a path, which is in kroner with two decimals."""
    (element,) = root.findall(path, SPACES)
    assert element.get("currencyID") == "NOK"
    assert element.text is not None
    assert len(element.text.split(".")[1]) == 2
    return Decimal(element.text)


def examine(document: Document, register: Register) -> Xml.Element:
    """Write it and check what was written."""
    return check(ehf(document, register), document)


def check(written: bytes, document: Document) -> Xml.Element:
    """Check it against OASIS's schemas, by another's reading of Peppol's rules, and by what we know could go wrong."""
    assert validate_xsd(written) == (True, [])
    assert [str(finding) for finding in check_rules(written)] == []
    root = Xml.fromstring(written)
    kind = "Invoice" if document.kind is DocumentKind.INVOICE else "CreditNote"
    quantity = "InvoicedQuantity" if kind == "Invoice" else "CreditedQuantity"
    assert root.tag == f"{{urn:oasis:names:specification:ubl:schema:xsd:{kind}-2}}{kind}"
    assert text(root, "cbc:CustomizationID").endswith("#urn:fdc:peppol.eu:2017:poacc:billing:3.0")
    assert text(root, "cbc:ProfileID") == "urn:fdc:peppol.eu:2017:poacc:billing:01:1.0"
    assert text(root, f"cbc:{kind}TypeCode") == ("380" if kind == "Invoice" else "381")
    if kind == "Invoice":
        assert text(root, "cbc:DueDate") >= text(root, "cbc:IssueDate")  # BR-CO-25
    assert text(root, "cbc:BuyerReference")  # PEPPOL-EN16931-R003
    assert not [
        element for element in root.iter() if not len(element) and not (element.text or "").strip()
    ]  # R008
    for party in ("AccountingSupplierParty", "AccountingCustomerParty"):
        assert root.find(f"cac:{party}/cac:Party/cbc:EndpointID[@schemeID='0192']", SPACES) is not None
        assert (
            text(root, f"cac:{party}/cac:Party/cac:PostalAddress/cac:Country/cbc:IdentificationCode") == "NO"
        )
        assert text(root, f"cac:{party}/cac:Party/cac:PartyLegalEntity/cbc:RegistrationName")

    period = text(root, "cac:InvoicePeriod/cbc:StartDate"), text(root, "cac:InvoicePeriod/cbc:EndDate")
    net = Decimal(0)
    lines = root.findall(f"cac:{kind}Line", SPACES)
    assert [text(line, "cbc:ID") for line in lines] == [
        str(number) for number in range(1, len(document.lines) + 1)
    ]
    for line in lines:
        own = amount(line, "cbc:LineExtensionAmount")
        days, of_days = (
            Decimal(text(line, path)) for path in (f"cbc:{quantity}", "cac:Price/cbc:BaseQuantity")
        )
        assert of_days in (365, 366)
        price = amount(line, "cac:Price/cbc:PriceAmount")
        assert abs(days * price / of_days - own) <= Decimal("0.02")  # R120
        start, end = (
            text(line, "cac:InvoicePeriod/cbc:StartDate"),
            text(line, "cac:InvoicePeriod/cbc:EndDate"),
        )
        assert period[0] <= start <= end <= period[1]  # R110, R111
        assert (date.fromisoformat(end) - date.fromisoformat(start)).days + 1 == days
        assert text(line, "cac:Item/cbc:Name")  # BR-25
        net += own
    sums = root.find("cac:LegalMonetaryTotal", SPACES)
    assert sums is not None
    tax = amount(root, "cac:TaxTotal/cbc:TaxAmount")
    rate = Decimal(document.vat.percent) / 100
    assert tax == (net * rate).quantize(Decimal("0.01"), ROUND_HALF_UP)  # BR-CO-17
    assert amount(sums, "cbc:LineExtensionAmount") == net  # BR-CO-10
    assert amount(sums, "cbc:TaxExclusiveAmount") == net  # BR-CO-13
    assert amount(sums, "cbc:TaxInclusiveAmount") == net + tax  # BR-CO-15
    assert amount(sums, "cbc:PayableAmount") == net + tax  # BR-CO-16
    assert amount(root, "cac:TaxTotal/cac:TaxSubtotal/cbc:TaxableAmount") == net  # BR-S-08
    assert amount(root, "cac:TaxTotal/cac:TaxSubtotal/cbc:TaxAmount") == tax  # BR-CO-14
    categories = {
        *texts(root, ".//cac:TaxCategory/cbc:ID"),
        *texts(root, ".//cac:ClassifiedTaxCategory/cbc:ID"),
    }
    assert categories == {document.vat.category.value}
    return root


@given(registers(), registers(), rule_books(), periods)
@settings(suppress_health_check=[HealthCheck.too_slow])
def test_every_document_adds_up(before: Register, after: Register, rules: Rules, period: Period) -> None:
    """Lines, tax and sums, of any invoice and any credit note."""
    documents = run(before, rules, period, before=[], issued=NEW_YEAR)
    documents += run(after, rules, period, before=documents, issued=NEW_YEAR)
    for document in documents:
        examine(document, before)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"<cbc:ProfileID>urn:fdc:peppol.eu:2017:poacc:billing:01:1.0</cbc:ProfileID>", b""),
        (b'<cbc:TaxAmount currencyID="NOK">1378.77', b'<cbc:TaxAmount currencyID="NOK">1378.76'),
        (
            b'<cbc:LineExtensionAmount currencyID="NOK">2515.07',
            b'<cbc:LineExtensionAmount currencyID="NOK">2515.10',
        ),
        (b"<cbc:IssueDate>2021-01-01</cbc:IssueDate>", b""),
        (
            b"<cbc:DueDate>2021-01-31</cbc:DueDate>",
            b"<cbc:Note></cbc:Note><cbc:DueDate>2021-01-31</cbc:DueDate>",
        ),
        (b"<cbc:DueDate>2021-01-31</cbc:DueDate>", b""),
    ],
)
def test_what_is_wrong_would_be_found(old: bytes, new: bytes) -> None:
    """The schemas and the rules that documents are checked by refuse one that is tampered with."""
    invoice, _ = invoice_and_credit()
    written = ehf(invoice, REGISTER)
    assert old in written
    check(written, invoice)
    with pytest.raises((AssertionError, ValueError)):
        check(written.replace(old, new), invoice)


def test_an_invoice_says_who_and_where_to_pay() -> None:
    """The seller as Norwegian law has it, the account, and the last day."""
    invoice, _ = invoice_and_credit()
    root = examine(invoice, REGISTER)
    seller = "cac:AccountingSupplierParty/cac:Party"
    assert texts(root, f"{seller}/cac:PartyTaxScheme/cbc:CompanyID") == [
        f"NO{SELLER.organisation}MVA",
        "Foretaksregisteret",
    ]
    assert texts(root, f"{seller}/cac:PartyTaxScheme/cac:TaxScheme/cbc:ID") == ["VAT", "TAX"]
    assert text(root, "cac:PaymentMeans/cbc:PaymentMeansCode") == "30"
    assert text(root, "cac:PaymentMeans/cac:PayeeFinancialAccount/cbc:ID") == "12345678903"
    assert text(root, "cac:PaymentMeans/cbc:PaymentID") == text(root, "cbc:ID") == str(invoice.number)
    assert text(root, "cbc:DueDate") == "2021-01-31"
    assert (
        text(root, "cac:AccountingCustomerParty/cac:Party/cac:PartyName/cbc:Name") == "Sykehuset & Sønner HF"
    )
    assert texts(root, "cac:InvoiceLine/cbc:InvoicedQuantity") == ["365", "306"]
    # 306 days from 1 March: 300,000 - round(59 · 821.9178 = 48,493.15) = 251,507 øre; 25 % of 5,515.07 is 1,378.77
    assert amount(root, "cac:LegalMonetaryTotal/cbc:PayableAmount") == Decimal("6893.84")


def test_a_credit_note_names_its_invoice() -> None:
    """By number and date; its amounts are not below 0, and nothing is to be paid."""
    invoice, credit = invoice_and_credit()
    root = examine(credit, REGISTER)
    reference = "cac:BillingReference/cac:InvoiceDocumentReference"
    assert text(root, f"{reference}/cbc:ID") == str(invoice.number)
    assert text(root, f"{reference}/cbc:IssueDate") == "2021-01-01"
    assert amount(root, "cac:LegalMonetaryTotal/cbc:PayableAmount") == Decimal("6893.84")
    assert not root.findall("cac:PaymentMeans", SPACES)


@pytest.mark.parametrize("category", Category)
def test_each_tax_is_written_as_its_rules_want(category: Category) -> None:
    """A rate but outside the scope; a reason where there is none; the seller's MVA but outside the scope."""
    rules = msgspec.structs.replace(RULES, vats=(VATS[category],))
    for document in invoice_and_credit(rules=rules):
        root = examine(document, REGISTER)
        subtotal = "cac:TaxTotal/cac:TaxSubtotal/cac:TaxCategory"
        outside = category is Category.OUTSIDE
        assert texts(root, f"{subtotal}/cbc:Percent") == ([] if outside else [str(VATS[category].percent)])
        assert texts(root, f"{subtotal}/cbc:TaxExemptionReason") == [
            text for text in [VATS[category].reason] if text
        ]
        schemes = texts(root, "cac:AccountingSupplierParty/cac:Party/cac:PartyTaxScheme/cac:TaxScheme/cbc:ID")
        assert schemes == (["TAX"] if outside else ["VAT", "TAX"])
        assert root.findall(".//cac:ClassifiedTaxCategory/cbc:TaxExemptionReason", SPACES) == []


def test_a_price_with_ore_is_written_whole() -> None:
    """No float comes near it."""
    prices = tuple(msgspec.structs.replace(rule, ore_a_year=Ore(PRICE + 1)) for rule in RULES.prices)
    invoice, _ = invoice_and_credit(rules=msgspec.structs.replace(RULES, prices=prices))
    root = examine(invoice, REGISTER)
    assert texts(root, "cac:InvoiceLine/cac:Price/cbc:PriceAmount") == ["3000.01", "3000.01"]


@pytest.mark.parametrize(
    ("changes", "category", "says"),
    [
        ({"vat_registered": False}, Category.STANDARD, "may not charge value-added tax"),
        ({"vat_registered": False, "business_registered": False}, Category.EXEMPT, "category O only"),
    ],
)
def test_a_seller_charges_no_tax_it_may_not(changes: dict[str, bool], category: Category, says: str) -> None:
    """It is found before a document has its number."""
    register = msgspec.structs.replace(REGISTER, seller=msgspec.structs.replace(SELLER, **changes))
    rules = msgspec.structs.replace(RULES, vats=(VATS[category],))
    with pytest.raises(BillingError, match=says):
        run(register, rules, YEAR_2021, before=[], issued=NEW_YEAR)
    rules = msgspec.structs.replace(RULES, vats=(VATS[Category.OUTSIDE],))
    assert run(register, rules, YEAR_2021, before=[], issued=NEW_YEAR)
