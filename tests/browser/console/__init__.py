"""The operator's pages in a real browser, against a node of our own making."""
