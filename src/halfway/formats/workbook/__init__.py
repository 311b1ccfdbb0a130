"""A case as an Excel workbook: a sheet a noun, laid out from the declarations of the nouns."""
