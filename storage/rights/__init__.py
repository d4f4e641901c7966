"""What a person may see and change, held to by the session itself, below every service.

`rules` says of each table how it leads to its project and what each change needs; `seeing` lets a
query find only what may be seen, `changing` refuses what may not be changed, and `lifted` is the
workbench itself in the middle of somebody's transaction. Sessions of nobody know nothing of all this.
"""
