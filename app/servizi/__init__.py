"""Services: applications, plans, budget, waiting list, suppliers, orders, and what was done of them."""
