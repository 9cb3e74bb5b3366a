"""L0, the words everything else speaks: errors, scenario, case, plan. Imports nothing of ours."""
