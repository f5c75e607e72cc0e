"""The shop of the tau retail benchmark as a shop of ours: what its tasks expect, and what it must never allow.

shop       its database as files that we ingest, and its policy
form       our customers and orders in its JSON form
tasks      its tasks, and the states that they should end in
stage      a conversation in that shop, to propose and confirm in
replay     its tasks' own actions, replayed through our proposals
forbidden  variations of them that the policy forbids
"""
