"""What the talk tells the shop: what shoppers feel, how conversations went, what reviews say."""
