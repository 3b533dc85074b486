"""What the tests share: servers, ledgers, topics of any content, and processes that die where they are told to."""
