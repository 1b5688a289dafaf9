"""The material library and the handbook: the texts, and the package that reads them."""
