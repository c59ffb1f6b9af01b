"""matches, replace, split: XPath regular expressions."""
