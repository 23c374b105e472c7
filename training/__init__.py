"""Training the dual encoder: prepared pools, three stages, one loop, runs that a kill only interrupts.

    prepare   phantoms or a collection -> a pool on disk: grids, scales, texts   pool_*.py
    stage 1a  self-supervision of the image tower (DINO, iBOT, KoLeo)             selfsup*.py
    stage 1b  masked language modelling of the text tower                         language*.py
    stage 2   report-guided contrastive alignment of both                         contrastive*.py

`loop.py` is the loop that all stages share, `stage.py` what it asks of a stage, `config.py` what a TOML file may say.
"""
