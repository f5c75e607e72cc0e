"""Reports: a range's figures with plain sentences, plots and shoppers' own words, in several formats."""
