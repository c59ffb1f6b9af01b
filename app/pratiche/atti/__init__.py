"""The acts of a procedimento, from the notice before a refusal to the decision."""
