"""A synthetic Genova: enti, people at work, and pratiche made by running the engine, all of it invented."""
