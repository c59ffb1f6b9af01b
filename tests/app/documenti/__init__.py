"""Files: hostile ones kept out, the others kept, served and listed under the rights of their pratica."""
