"""Files in: what is landed, the door for participants, the operator's tables from prices, the demo."""
