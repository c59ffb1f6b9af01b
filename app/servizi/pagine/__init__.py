"""What the pages of services show and do: orders, months, money, and what may be told to a running path."""
