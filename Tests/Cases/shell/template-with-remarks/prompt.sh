#!/bin/bash
# Stage-1: Prompt a pretrained language model to generate the context-relevant knowledge
WORLD_SIZE=8
DISTRIBUTED_ARGS="--nproc_per_node $WORLD_SIZE \
                  --nnodes 1"
CHECKPOINT_PATH=<PATH_OF_LANGUAGE_MODEL> (e.g., /357m)
VOCAB_PATH=<path of the vocabulary>/gpt2-vocab.json
INPUT_PATH=<PATH_OF_PROCESSED_TEST_DATA_FILE> \ 
        (e.g., /testseen_processed.txt)
PROMPT_PATH=<PATH_OF_KNOWLEDGE_GENERATION_PROMPTS> \
        (e.g., /testseen_knowledge_prompts.json)

python -m torch.distributed.launch $DISTRIBUTED_ARGS ./tasks/msdp/main.py \
        --num-layers 24 \
        --hidden-size 1024 \
        --num-attention-heads 16 \
        --seq-length 2048 \
        --max-position-embeddings 2048 \
        --micro-batch-size 2 \
        --vocab-file ${VOCAB_PATH} \
        --load ${CHECKPOINT_PATH} \
        --fp16 \
        --sample-input-file ${INPUT_PATH}
