"""The whole system under faults, at random, in combination, repeatably by seed: `make chaos SEED=… MINUTES=…`.

schedule   what strikes when: a pure function of the seed
faults     each fault: how it strikes, how it is healed, whom it concerns, how long it may keep them
disk       a small file system that can be full
network    the network whose ledgers are published: a lake that grows
system     the processes under test, and the supervisor that restarts them as the README says
history    a subscriber that begins late, is filled from below, counted, reset, and begins again
watch      who stood still, for how long; what is half there; how much memory they have
campaign   the schedule against the system, and the judgement of who stood still for how long
counting   what was lost, doubled or half-written, by queries that share nothing with the product
ending     the proof at the end
report     the table
"""
