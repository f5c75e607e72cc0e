"""Where people of the shop answer shoppers: what they are told, what they can look up, what they may do."""
