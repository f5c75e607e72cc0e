"""How well feelings are told: our model beside the usual picks, on public sets and our own golden messages."""
