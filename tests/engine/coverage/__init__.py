"""Every element of BPMN 2.0, one small drawing each: what the engine does with it.

`python -m tests.engine.coverage` writes the table of engine/README.md; test_coverage.py proves each line of it.
"""
