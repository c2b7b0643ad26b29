"""The parts of the benchmark runner; `run.py` puts them together."""
