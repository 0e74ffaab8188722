"""The plan of a render: a pure function of its request and of facts about its sources."""
