"""The staff's side of the screen: its door, its page and its endpoints under `/api/staff`."""
