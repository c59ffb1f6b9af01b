"""Pratiche: the procedimento around an instance of a path, its legal clock, protocol and acts."""
