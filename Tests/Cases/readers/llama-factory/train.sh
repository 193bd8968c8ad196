#!/bin/bash
FORCE_TORCHRUN=1 NNODES=2 NODE_RANK=0 MASTER_PORT=29500 llamafactory-cli train sft.yaml learning_rate=1e-5 gradient_accumulation_steps=4
