"""Instances as earlier releases of this software have stored them, at each wait of one path; see README.md."""
