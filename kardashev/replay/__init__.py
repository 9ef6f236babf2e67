"""Rounds replayed as payouts compound into stakes, beside frozen stakes.

command          what is asked, checked and done, in order
scratch          the copy of the warehouse that a replay works in; its queries stand in sql/
part             what one of several processes replays
recursion        stakes from round to round
replayed_rounds  what all replays share of a round
staked_rounds    a round under the stakes of one replay
payouts          what stakes are paid
other_stakes     stakes that a person tries in place of landed ones
meta_models      who is in a meta model, and by how much
results          the report, the file, the landed files
"""
