"""The registry: people, how they are known, where they live, whom they live with."""
