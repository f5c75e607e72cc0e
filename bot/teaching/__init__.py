"""What staff teach the bot: judgements on its answers, curated answers and changes of the knowledge."""
