"""What is made of all that is kept: reports, the research export, invoices."""
