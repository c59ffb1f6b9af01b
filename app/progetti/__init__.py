"""Social projects: analysis, goals, interventions, reviews and endings."""
