"""Reports made of result files of interim: HTML, Markdown, SARIF, a badge, and what changed.

results.py reads result files, suite.py asks the program about its cases and requirements; each other
module writes one form. scripts/report is the command line.
"""
