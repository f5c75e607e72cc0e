"""What rows say of products: facts of one, advice on many, and what sets several apart."""
